// The harness itself: a check that cannot fail would prove nothing.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { axe, openBrowser, openContext, shot, tabTo, totp, walk } from "./harness.mjs";

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

test("a walk visits each kind of page once and stays within the origin", async () => {
  const pages = {
    "/": '<a href="/people/1">a</a> <a href="/people/2">b</a> <a href="https://example.org/">c</a>',
    "/people/1": '<a href="/">back</a> <a href="/people/1/papers?day=1#top">papers</a>',
    "/people/1/papers": '<a href="/sign-out">out</a>',
  };
  const server = createServer(({ url }, answer) => {
    answer.setHeader("content-type", "text/html; charset=utf-8");
    answer.end(html(`<main><h1>頁</h1>${pages[new URL(url, "http://x").pathname] ?? ""}</main>`));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  assert.deepEqual(await walk(page, { except: ["/sign-out"] }), [
    "/",
    "/people/1",
    "/people/1/papers",
  ]);
  server.close();
});

test("Tab reaches a button by its name, and an invisible focus is refused", async () => {
  const fields = "<label>氏名 <input></label> <button>検索</button>";
  await page.setContent(html(`<main><h1>検索</h1>${fields}</main>`));
  await tabTo(page, "検索");
  await page.setContent(html(`<style>:focus{outline:none}</style><main>${fields}</main>`));
  await assert.rejects(tabTo(page, "検索"), /cannot be seen/);
  await assert.rejects(tabTo(page, "無い", 3));
});
