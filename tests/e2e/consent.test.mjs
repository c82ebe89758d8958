// Consent on the screen: the person's card on the reader of the office, or a signature drawn there.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { axe, enterByDoorway, shot } from "./harness.mjs";
import { withDemo } from "./shared.mjs";

const ICHIRO = "citizen_no_consent";
const HANAKO = "citizen_renewal_waiting_for_opinion";

const its = withDemo();

test("the person's own card gives the consent, and another person's does not", async (t) => {
  const { page, person } = await openIchiro();

  await t.test("the page waits for the card, and says so", async () => {
    await page.goto(`${person}/consent`);
    await page.locator('input[name="means"][value="card_with_pin"]').check();
    await shot(page, "consent", [1280, 768, 640, 360]);
    await page.getByRole("button", { name: "同意を登録する" }).click();
    await page.waitForURL(/\/consent\/card$/);
    await page.getByText("佐藤 一郎 さん").first().waitFor();
    await axe(page);
    await shot(page, "consent-card-absent", [1280, 768, 640, 360]);
  });

  await t.test("a reading of another person's card is refused plainly", async () => {
    await reads(HANAKO);
    await page.getByRole("heading", { name: "このカードでは進めません" }).waitFor();
    await page.getByText("これは、この方のカードではありません").waitFor();
    assert.doesNotMatch(await page.content(), /高橋|タカハシ/);
    await axe(page);
    await shot(page, "consent-card-refused", [1280, 768, 640, 360]);
  });

  await t.test("with the right card and its PIN the page goes on by itself", async () => {
    await page.locator('input[name="check"][value="card_with_pin"]').check();
    await page.getByRole("button", { name: "カードを読み取る" }).click();
    await page.waitForURL(/\/consent\/card$/);
    const card = reads(ICHIRO);
    await page.waitForURL(person);
    await card;
    await page.getByText("同意を登録しました").waitFor();
    const tabs = page.getByRole("navigation", { name: "書類の種類" });
    await tabs.getByRole("link", { name: "認定調査票" }).click();
    await page.getByRole("heading", { name: /認定調査票/, level: 2 }).first().waitFor();
    await page.goto(`${person}/consents`);
    await page.getByText("マイナンバーカード").first().waitFor();
  });
});

test("a signature is drawn with mouse and finger, cleared, and kept as it was drawn", async (t) => {
  const { page, person } = await openIchiro();
  await page.goto(`${person}/consent`);
  const path = page.locator("#path");
  const pad = page.locator("canvas[data-sign]");
  await page.locator('input[name="means"][value="signature"]').check();
  await pad.scrollIntoViewIfNeeded();

  await t.test("without a signature the form comes back and says what is missing", async () => {
    await page.getByRole("button", { name: "同意を登録する" }).click();
    await page.getByText("枠の中に署名してください").first().waitFor();
    await pad.scrollIntoViewIfNeeded();
  });

  await t.test("the mouse draws, and 書き直す clears", async () => {
    const { x, y } = await paper(pad);
    await page.mouse.move(x + 30, y + 40);
    await page.mouse.down();
    await page.mouse.move(x + 120, y + 90, { steps: 6 });
    await page.mouse.up();
    assert.match(await path.inputValue(), /^M30 40L[\d L]+120 90$/);
    assert.ok(await inked(pad));
    await page.getByRole("button", { name: "書き直す" }).click();
    assert.equal(await path.inputValue(), "");
    assert.ok(!(await inked(pad)));
  });

  await t.test("a finger draws two strokes", async () => {
    await finger(page, pad, [[40, 30], [90, 60], [140, 40]]);
    await finger(page, pad, [[60, 110], [150, 120]]);
    assert.match(await path.inputValue(), /^M40 30L[\d L]+M60 110L[\d L]+$/);
    await shot(page, "consent-signature", [1280]);
  });

  await t.test("what was drawn stands beside the consent", async () => {
    const drawn = await path.inputValue();
    await page.getByRole("button", { name: "同意を登録する" }).click();
    await page.getByText("同意を登録しました").waitFor();
    await page.goto(`${person}/consents`);
    const kept = page.getByRole("img", { name: "書かれた署名" }).locator("path");
    assert.equal(await kept.getAttribute("d"), drawn);
    await axe(page);
    await shot(page, "consents", [1280, 768, 360]);
  });
});

/** Ichiro's page on the care manager's screen, and its address. */
async function openIchiro() {
  const page = await enterByDoorway(its.browser, its.demo, "care_manager");
  await page.locator("ul.people a.name").filter({ hasText: /^佐藤\s一郎/ }).click();
  await page.locator("header.who h1").waitFor();
  return { page, person: page.url() };
}

/** Lays a citizen's card on the reader of the care manager's device, and types its PIN. */
async function reads(role) {
  const { demo } = its;
  const { card_file: card, pin } = demo.citizens.find((one) => one.role === role);
  const { certificate, key } = demo.account("care_manager");
  const device = join(demo.dir, "reader.pem");
  const parts = [certificate, key].map((file) => readFile(demo.path(file), "utf8"));
  await writeFile(device, (await Promise.all(parts)).join(""), { mode: 0o600 });
  const words = [
    ["reader", "--once", "--pin-prompt"],
    ["--platform", demo.addresses.staff],
    ["--device", device],
    ["--trust", demo.ca],
    ["--card", demo.path(card)],
  ];
  const tasuki = process.env.TASUKI ?? "target/debug/tasuki";
  const reader = spawn(tasuki, words.flat(), { stdio: ["pipe", "pipe", "inherit"] });
  let said = "";
  reader.stdout.on("data", (bytes) => (said += bytes));
  reader.stdin.end(`${pin}\n`);
  const code = await new Promise((resolve) => reader.once("exit", resolve));
  assert.equal(code, 0, said);
}

/** Where the pad's inside begins. */
async function paper(pad) {
  const { x, y } = await pad.boundingBox();
  const border = await pad.evaluate((canvas) => canvas.clientLeft);
  return { x: x + border, y: y + border };
}

async function finger(page, pad, points) {
  const { x, y } = await paper(pad);
  const line = await page.context().newCDPSession(page);
  const send = (type, at) => {
    const touchPoints = at ? [{ x: x + at[0], y: y + at[1] }] : [];
    return line.send("Input.dispatchTouchEvent", { type, touchPoints });
  };
  await send("touchStart", points[0]);
  for (const point of points.slice(1)) await send("touchMove", point);
  await send("touchEnd");
  await line.detach();
}

/** Something is drawn on the canvas. */
function inked(pad) {
  return pad.evaluate((canvas) => {
    const { width, height } = canvas;
    return canvas.getContext("2d").getImageData(0, 0, width, height).data.some((byte) => byte > 0);
  });
}
