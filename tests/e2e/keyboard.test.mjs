// With the keyboard alone: sign in, open a person, read, reach the way to print.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  enterByDoorway,
  enterStaff,
  freshCode,
  openStaffPage,
  printed,
  tabTo,
} from "./harness.mjs";
import { withDemo } from "./shared.mjs";

const HANAKO = "citizen_renewal_waiting_for_opinion";

const its = withDemo();

test("a care manager signs in and reads a person without a mouse", async (t) => {
  const account = its.demo.account("care_manager");
  const page = await openStaffPage(its.browser, its.demo, account);
  const press = async (key) => {
    await Promise.all([page.waitForEvent("load"), page.keyboard.press(key)]);
  };

  await t.test("sign-in: from field to field, and Enter sends", async () => {
    await tabTo(page, /^ID/);
    await page.keyboard.type(account.login);
    await page.keyboard.press("Tab");
    await page.keyboard.type(account.password);
    await press("Enter");
    await tabTo(page, /確認コード/);
    await page.keyboard.type(await freshCode(account));
    await press("Enter");
    assert.equal(new URL(page.url()).pathname, "/persons");
  });

  await t.test("the first Tab offers to skip to what the page is about", async () => {
    await tabTo(page, "本文へ進む", 1);
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    const inMain = await page.evaluate(() => Boolean(document.activeElement.closest("main")));
    assert.ok(inMain);
  });

  await t.test("the person opens by the name, and her papers follow in order", async () => {
    await tabTo(page, /^高橋\s花子 さん$/);
    await press("Enter");
    for (const tab of ["認定調査票", "主治医意見書", "履歴"]) await tabTo(page, tab);
    await tabTo(page, "全部をまとめて印刷する");
  });

  await t.test("the print view opens, and its button is the first thing in it", async () => {
    await press("Enter");
    assert.match(new URL(page.url()).pathname, /\/print$/);
    await tabTo(page, /^印刷する$/);
  });

  await t.test("on paper stand the person, the papers, and who printed them when", async () => {
    const sheets = await printed(page);
    const { name } = its.demo.citizens.find((one) => one.role === HANAKO);
    assert.match(sheets[0], new RegExp(name.replace(/\s/u, "\\s+")));
    assert.match(sheets[0], /0000 123 456/);
    const all = sheets.join("\n");
    for (const paper of ["介護保険被保険者証", "負担割合証", "認定調査票", "主治医意見書"]) {
      assert.match(all, new RegExp(paper));
    }
    const foot = new RegExp(`印刷：${account.organisation_name} ${account.name}.*現在`);
    sheets.forEach((sheet, place) => {
      assert.match(sheet, foot, `the foot of sheet ${place + 1}`);
      assert.match(sheet, new RegExp(`${place + 1} / ${sheets.length}`));
    });
    // Nothing that is for the screen alone.
    assert.doesNotMatch(all, /サインアウト|この画面でできること|わたしの利用者|印刷する/);
  });
});

test("a citizen's papers print with their own foot", async () => {
  const page = await enterByDoorway(its.browser, its.demo, HANAKO);
  await page.goto(new URL("/my/papers/print", page.url()).href);
  const sheets = await printed(page);
  assert.match(sheets[0], /被保険者番号 0000 123 456/);
  for (const sheet of sheets) assert.match(sheet, /印刷：ご本人.*令和\d+年\d+月\d+日.*現在/);
  assert.doesNotMatch(sheets.join(""), /おわる|はじめの画面/);
});

test("a person's page prints with who printed it and when at its foot", async () => {
  const account = its.demo.account("care_worker");
  const page = await enterStaff(its.browser, its.demo, "care_worker");
  await page.locator("ul.people a.name").first().click();
  await page.locator("header.who h1").waitFor();
  await page.emulateMedia({ media: "print" });
  const foot = page.locator(".print-foot");
  assert.ok(await foot.isVisible());
  const words = await foot.innerText();
  assert.match(words, new RegExp(account.name));
  assert.match(words, /令和\d+年\d+月\d+日.*現在/s);
  assert.ok(!(await page.locator("nav.nav").isVisible()));
  for (const sheet of await printed(page)) assert.match(sheet, new RegExp(account.name));
});
