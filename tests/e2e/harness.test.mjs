// The harness itself: a check that cannot fail would prove nothing.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { axe, openBrowser, openContext, shot, totp } from "./harness.mjs";

let browser;
let page;

before(async () => {
  browser = await openBrowser();
  const context = await openContext(browser);
  page = await context.newPage();
});

after(() => browser.close());

const html = (body) => `<!doctype html><html lang="ja"><head><title>襷</title>
  <meta name="viewport" content="width=device-width"></head><body>${body}</body></html>`;

test("one-time codes are those of RFC 6238", () => {
  // Appendix B gives eight digits for the secret "12345678901234567890"; ours are the last six.
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  assert.equal(totp(secret, 59_000), "287082");
  assert.equal(totp(secret, 1_111_111_109_000), "081804");
  assert.equal(totp(secret, 20_000_000_000_000), "353130");
});

test("axe passes a plain page", async () => {
  await page.setContent(html("<main><h1>被保険者</h1><p>一覧</p></main>"));
  await axe(page);
});

test("axe finds a field without a label", async () => {
  await page.setContent(html("<main><h1>検索</h1><input name='kana'></main>"));
  await assert.rejects(axe(page), /label/);
});

test("a picture of a page that is too wide for a telephone is refused", async () => {
  await page.setContent(html("<main><h1>表</h1><div style='width:500px'>a</div></main>"));
  await shot(page, "harness", [1280]);
  await assert.rejects(shot(page, "harness", [360]), /500|wide/);
});
