// The real way in: client certificate, password, one-time code; then a person not met before.

import assert from "node:assert/strict";
import { test } from "node:test";

import { axe, enterStaff, openContext, openPc, signInStaff } from "./harness.mjs";
import { withDemo } from "./shared.mjs";

const its = withDemo();

test("without a certificate the staff pages do not open", async () => {
  const page = await (await openContext(its.browser)).newPage();
  await assert.rejects(page.goto(its.demo.addresses.staff));
});

test("Chromium shows the certificate of its own store, and a member signs in", async (t) => {
  const account = its.demo.account("office_administrator");
  const p12 = its.demo.path(account.p12);
  const pc = await openPc(its.demo, { p12, password: account.p12_password });
  t.after(pc.close);
  await pc.page.goto(its.demo.addresses.staff);
  await pc.page.getByText("この端末の電子証明書を確かめました").waitFor();
  await signInStaff(pc.page, account);

  await t.test("a new device's certificate is saved and opens another PC", async () => {
    await pc.page.goto(`${its.demo.addresses.staff}/office/devices/new`);
    await pc.page.locator('input[name="name"]').fill("訪問用タブレット");
    await pc.page.getByRole("button", { name: "証明書を発行する" }).click();
    const password = await pc.page.locator("dd.lead").innerText();
    const [download] = await Promise.all([
      pc.page.waitForEvent("download"),
      pc.page.getByRole("link", { name: /\.p12/ }).click(),
    ]);
    const other = await openPc(its.demo, { p12: await download.path(), password });
    t.after(other.close);
    await other.page.goto(its.demo.addresses.staff);
    await signInStaff(other.page, its.demo.account("care_manager"));
    assert.equal(new URL(other.page.url()).pathname, "/persons");
    await pc.page.goto(`${its.demo.addresses.staff}/office/devices`);
    await pc.page.getByText("訪問用タブレット").waitFor();
  });

  await t.test("a PC without a certificate is turned away", async () => {
    const bare = await openPc(its.demo);
    t.after(bare.close);
    await assert.rejects(bare.page.goto(its.demo.addresses.staff), /net::ERR_/);
  });
});

test("a care manager registers a person by four items, takes consent and sees", async (t) => {
  const { town } = its.demo;
  const { organisation } = its.demo.account("care_manager");
  const own = Object.values(organisation)[0];
  const stranger = town.showcase.find((one) => one.story === "facility_domicile_exception");
  assert.ok(!stranger.offices.includes(own));
  const page = await enterStaff(its.browser, its.demo, "care_manager");
  const name = stranger.name.replace("　", " ");

  await t.test("wrong items open nobody", async () => {
    await fillItems(page, { ...stranger, insured: "0000999999" });
    assert.equal(await page.getByText(name).count(), 0);
    await page.locator(".summary-errors, .note, [role=alert]").first().waitFor();
  });

  await t.test("four right items open the person", async () => {
    await fillItems(page, stranger);
    await page.locator("header.who h1").waitFor();
    assert.match(await page.locator("header.who").innerText(), /3472|472/);
  });

  await t.test("consent is taken on paper", async () => {
    await page.goto(`${page.url().split("?")[0]}/consent`);
    await axe(page);
    await page.getByLabel("ご本人", { exact: false }).first().check();
    await page.locator('input[name="scope"]').first().check();
    await page.locator('input[name="means"][value="paper"]').check();
    await page.locator('input[name="kept_at"]').fill("事務所 書庫A");
    await page.getByRole("button", { name: "同意を登録する" }).click();
    await page.locator("header.who h1").waitFor();
  });

  await t.test("the survey sheet is open now", async () => {
    const tabs = page.getByRole("navigation", { name: "書類の種類" });
    await tabs.getByRole("link", { name: /認定調査票/ }).click();
    await page.getByRole("heading", { name: /認定調査票/, level: 2 }).first().waitFor();
  });
});

async function fillItems(page, { insurer, insured, birth_date: born, sex }) {
  const [year, month, day] = born.split("-").map(Number);
  await page.goto(new URL("/persons/find/items", page.url()).href);
  await page.locator('input[name="insurer_number"]').fill(insurer);
  await page.locator('input[name="insured_number"]').fill(insured);
  await page.locator('select[name="birth_date_era"]').selectOption("showa");
  await page.locator('input[name="birth_date_year"]').fill(String(year - 1925));
  await page.locator('input[name="birth_date_month"]').fill(String(month));
  await page.locator('input[name="birth_date_day"]').fill(String(day));
  await page.locator(`input[name="sex"][value="${sex}"]`).check();
  await page.locator('input[name="seen"]').check();
  await page.getByRole("button", { name: "担当として登録し、開く" }).click();
}
