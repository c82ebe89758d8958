// What each role meets behind its door, and what it does not.

import assert from "node:assert/strict";
import { test } from "node:test";

import { enterByDoorway } from "./harness.mjs";
import { withDemo } from "./shared.mjs";

const its = withDemo();
const enter = (role) => enterByDoorway(its.browser, its.demo, role);
const at = async (page, path) => {
  const answer = await page.goto(new URL(path, page.url()).href);
  return { status: answer.status(), text: await page.locator("main").innerText() };
};

test("the town hall sees its queue, its transfers with findings, and who looked", async () => {
  const page = await enter("town_hall");
  await page.getByRole("heading", { name: "きょうのようす" }).waitFor();
  const queue = await at(page, "/municipality/queue");
  assert.equal(queue.status, 200);
  assert.match(queue.text, /主治医意見書/);
  const transfers = await at(page, "/municipality/transfers");
  assert.match(transfers.text, /反映済み/);
  await page.getByRole("link", { name: /第1回|第 1 回|開く|くわしく/ }).first().click();
  await page.waitForURL(/\/municipality\/transfers\/\d+/);
  assert.match(await page.locator("main").innerText(), /行/);
  assert.equal((await at(page, "/municipality/looks")).status, 200);
});

test("the operator and the clinic each come home", async () => {
  for (const role of ["operator", "clinic"]) {
    const page = await enter(role);
    await page.getByRole("heading", { level: 1 }).waitFor();
    assert.ok(!/\/help$/.test(page.url()), page.url());
  }
});

test("a care worker sees no survey sheet and no hint of one", async () => {
  const page = await enter("care_worker");
  await page.locator("ul.people a.name").filter({ hasText: /^高橋\s花子/ }).click();
  await page.locator("header.who h1").waitFor();
  assert.doesNotMatch(await page.content(), /認定調査票/);
  const survey = await at(page, `${page.url()}?tab=survey_sheet`);
  assert.doesNotMatch(survey.text, /認定調査票/);
});

test("the office's own account sees no person", async () => {
  const page = await enter("office");
  assert.equal(new URL(page.url()).pathname, "/office");
  const persons = await at(page, "/persons");
  assert.ok(persons.status >= 400, `${persons.status}`);
  assert.doesNotMatch(persons.text, /高橋/);
});
