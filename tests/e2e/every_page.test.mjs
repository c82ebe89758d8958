// Every page that a role can reach by links: no accessibility fault, no sideways scrolling, light.

import assert from "node:assert/strict";
import { test } from "node:test";

import { axe, enterByDoorway, shape, walk } from "./harness.mjs";
import { withDemo } from "./shared.mjs";

const its = withDemo();
// Pages that are the same for every role are looked at once.
const SAME = /^\/(help|me|notices|emergency)\b/;
const looked = new Set();
const MOST_BYTES = 100_000;
// A desk, a tablet held upright, a desk at 200 %, a telephone, a small telephone.
const WIDTHS = [1280, 768, 640, 360, 320];
const SEEN_BY_AXE = [1280, 360];
const ROLES = [
  "care_manager",
  "care_worker",
  "clinic",
  "town_hall",
  "office_administrator",
  "office",
  "clerk",
  "board",
  "operator",
  "citizen_renewal_waiting_for_opinion",
  "citizen_no_consent",
];

for (const role of ROLES) {
  test(`every page of ${role} is sound on a wide and a narrow screen`, async () => {
    const page = await enterByDoorway(its.browser, its.demo, role);
    const faults = [];
    const weights = weigh(page);
    const paths = await walk(page, {
      visit: async () => {
        const kind = kindOf(page.url(), role);
        const widths = looked.has(kind) ? [] : WIDTHS;
        looked.add(kind);
        for (const width of widths) {
          const fault = await look(page, width).catch((error) => error.message);
          if (fault) faults.push(`${new URL(page.url()).pathname} at ${width}: ${fault}`);
        }
      },
    });
    const heavy = weights.pages.filter(({ bytes }) => bytes + weights.assets() > MOST_BYTES);
    assert.deepEqual(faults, []);
    assert.deepEqual(heavy, []);
    assert.ok(paths.length > 1, `${paths}`);
    await page.context().close();
  });
}

function kindOf(address, role) {
  const path = shape(address);
  return SAME.test(path) ? path : `${role} ${path}`;
}

async function look(page, width) {
  await page.setViewportSize({ width, height: 900 });
  if (SEEN_BY_AXE.includes(width)) await axe(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  return wide > width ? `${wide} wide` : null;
}

/** Notes the size of every answer; a page that answers an error counts as infinitely heavy. */
function weigh(page) {
  const pages = [];
  const assets = new Map();
  page.on("response", async (answer) => {
    const { pathname } = new URL(answer.url());
    const bytes = (await answer.body().catch(() => "")).length;
    if (pathname.startsWith("/assets/")) assets.set(pathname, bytes);
    else if (answer.status() >= 400) pages.push({ pathname, status: answer.status(), bytes: 1e9 });
    else pages.push({ pathname, bytes });
  });
  return { pages, assets: () => [...assets.values()].reduce((sum, bytes) => sum + bytes, 0) };
}
