// The story of the demo: a care manager looks, the person sees that, and takes the consent back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { enterByDoorway, enterCitizen } from "./harness.mjs";
import { withDemo } from "./shared.mjs";

const HANAKO = "citizen_renewal_waiting_for_opinion";

const its = withDemo();

test("who looked is told to the person, and a consent taken back holds at once", async (t) => {
  const { demo, browser } = its;
  const { name } = demo.citizens.find((one) => one.role === HANAKO);
  const office = demo.account("care_manager").organisation_name;
  const manager = await enterByDoorway(browser, demo, "care_manager");
  let citizen;

  await t.test("the care manager opens the person in one step", async () => {
    await manager.getByRole("link", { name: `${name} さん`, exact: true }).click();
    await manager.getByRole("heading", { name, level: 1 }).waitFor();
    await manager.getByRole("link", { name: "なぜ見えるか・見えないか" }).waitFor();
  });

  await t.test("survey sheet and opinion are open, and why is explained", async () => {
    const tabs = manager.getByRole("navigation", { name: "書類の種類" });
    await tabs.getByRole("link", { name: "認定調査票" }).click();
    await manager.getByRole("heading", { name: /認定調査票/, level: 2 }).first().waitFor();
    await tabs.getByRole("link", { name: /主治医意見書/ }).click();
    await manager.getByRole("link", { name: "なぜ見えるか・見えないか" }).click();
    await manager.getByText("5つの条件すべて").waitFor();
    await manager.getByRole("link", { name: /もどる|さん/ }).last().click();
  });

  await t.test("the person reads that this office looked, and at what", async () => {
    citizen = await enterCitizen(browser, demo, HANAKO);
    await citizen.getByRole("link", { name: /だれが見たか/ }).first().click();
    const looks = citizen.locator("ul.looks li").filter({ hasText: office });
    await looks.filter({ hasText: "認定調査票" }).first().waitFor();
  });

  await t.test("the person takes the consent back", async () => {
    await citizen.goto(`${demo.addresses.citizen}/my/consents`);
    await citizen.getByRole("link", { name: /^やめる/ }).first().click();
    await citizen.locator("main form button").first().click();
    await citizen.waitForURL(/\/my\/consents$/);
  });

  await t.test("the session that was open shows the survey sheet no more", async () => {
    const tabs = manager.getByRole("navigation", { name: "書類の種類" });
    await tabs.getByRole("link", { name: "認定調査票" }).click();
    const sheets = manager.getByRole("heading", { name: /^認定調査票/, level: 2 });
    assert.equal(await sheets.count(), 0);
    assert.match(await manager.locator("section.papers").innerText(), /同意/);
  });
});
