// What browser tests share: Chromium, client certificates, sign-in, accessibility, pictures.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { X509Certificate, createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { nextStepMs, totp } from "./totp.mjs";

export { startDemo } from "./demo.mjs";
export { totp } from "./totp.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RESULTS = fileURLToPath(new URL("./results/", import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--lang=ja",
];

/**
 * Opens Chromium. With `ca` (a path, PEM) it trusts that authority besides the usual ones; a page
 * behind another certificate does not open.
 */
export async function openBrowser({ ca } = {}) {
  const trust = ca ? [trustInChromium(ca)] : [];
  if (ca) trustInNode(ca);
  return chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, ...trust] });
}

/**
 * Opens Chromium as on a PC of its own: the demo's authority and the certificate of `p12` (a path,
 * with `password`) lie in its own store of certificates, and Chromium itself shows the certificate
 * to the staff pages. Without `p12` the store holds none. Call `close` when done.
 */
export async function openPc(demo, { p12, password } = {}) {
  const home = await mkdtemp(join(tmpdir(), "tasuki-pc-"));
  const [store, profile] = [join(home, ".pki/nssdb"), join(home, "profile")];
  await mkdir(store, { recursive: true });
  await mkdir(join(profile, "Default"), { recursive: true });
  const database = ["-d", `sql:${store}`];
  execFileSync("certutil", ["-N", ...database, "--empty-password"]);
  execFileSync("certutil", ["-A", ...database, "-n", "authority", "-t", "C,,", "-i", demo.ca]);
  if (p12) execFileSync("pk12util", ["-i", p12, ...database, "-W", password]);
  // Whoever sits at a PC chooses the certificate once; here the profile has chosen.
  const chosen = { [`${demo.addresses.staff},*`]: { setting: { filters: [{}] } } };
  const exceptions = { auto_select_certificate: chosen };
  const preferences = { profile: { content_settings: { exceptions } } };
  await writeFile(join(profile, "Default/Preferences"), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: FLAGS,
    env: { ...process.env, HOME: home, XDG_CONFIG_HOME: "", XDG_DATA_HOME: "" },
    locale: "ja-JP",
    timezoneId: "Asia/Tokyo",
    acceptDownloads: true,
  });
  const close = async () => {
    await context.close();
    await rm(home, { recursive: true, force: true });
  };
  return { page: context.pages()[0], close };
}

/** A flag by which Chromium accepts chains that hold the key of this authority. */
function trustInChromium(ca) {
  const key = new X509Certificate(readFileSync(ca)).publicKey;
  const hash = createHash("sha256").update(key.export({ type: "spki", format: "der" }));
  return `--ignore-certificate-errors-spki-list=${hash.digest("base64")}`;
}

// Where a client certificate is shown, it is playwright inside this process that speaks TLS to the
// server, and node takes further authorities from the environment only when it starts.
function trustInNode(ca) {
  const make = tls.createSecureContext;
  const pem = readFileSync(ca);
  tls.createSecureContext = (options) => {
    const made = make(options);
    made.context.addCACert(pem);
    return made;
  };
}

/**
 * A fresh browser profile. `device` ({ p12, p12_password }) is shown to `origins` as client
 * certificate; without it none is shown. Open citizens' pages in a profile without a device:
 * where playwright shows one, Chromium no longer checks the certificates of other origins.
 */
export async function openContext(browser, { device, origins = [], ...options } = {}) {
  const clientCertificates = device
    ? origins.map((origin) => ({ origin, pfxPath: device.p12, passphrase: device.p12_password }))
    : undefined;
  return browser.newContext({
    locale: "ja-JP",
    timezoneId: "Asia/Tokyo",
    ignoreHTTPSErrors: false,
    ...(clientCertificates && { clientCertificates }),
    ...options,
  });
}

/** A page of a member of staff, with the certificate of the account's device. */
export async function openStaffPage(browser, demo, account) {
  const device = { p12: demo.path(account.p12), p12_password: account.p12_password };
  const context = await openContext(browser, { device, origins: [demo.addresses.staff] });
  const page = await context.newPage();
  await page.goto(demo.addresses.staff);
  return page;
}

/** Signs in as a member of staff on the page that asks for it: password, then code. */
export async function signInStaff(page, account) {
  await page.locator('input[name="login"]').fill(account.login);
  await page.locator('input[name="password"]').fill(account.password);
  await submit(page);
  await page.locator('input[name="code"]').fill(await freshCode(account));
  await submit(page);
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}

/** Opens the staff pages with the account's device and signs in there. */
export async function enterStaff(browser, demo, role) {
  const account = demo.account(role);
  const page = await openStaffPage(browser, demo, account);
  await signInStaff(page, account);
  return page;
}

/** Comes in through the doorway, as a newcomer does: one click on the card of the role. */
export async function enterByDoorway(browser, demo, role) {
  const context = await openContext(browser);
  const page = await context.newPage();
  await page.goto(`${demo.addresses.doorway}/`);
  await page.locator(`form[action="/enter/${role}"] button`).click();
  await page.waitForURL((url) => url.origin !== demo.addresses.doorway);
  return page;
}

/** Signs in as a citizen with a virtual card at the sandbox's page, and comes back. */
export async function enterCitizen(browser, demo, role) {
  const citizen = demo.citizens.find((one) => one.role === role);
  const context = await openContext(browser);
  const page = await context.newPage();
  await page.goto(`${demo.addresses.citizen}/my/sign-in`);
  await page.getByRole("link", { name: "マイナンバーカードでサインイン" }).click();
  await page.getByLabel("カードをさがす").fill(citizen.card_id);
  await page.getByRole("button", { name: "さがす" }).click();
  await page.locator(`input[type="radio"][value="${citizen.card_id}"]`).check();
  await page.locator('input[name="pin"]').fill(citizen.pin);
  await page.getByRole("button", { name: "サインインする" }).click();
  await page.waitForURL(`${demo.addresses.citizen}/my`);
  return page;
}

async function submit(page) {
  await page.locator("main form button.primary").first().click();
}

const used = new Map();

/** A code that this account has not used: waits for the next one when it has. */
export async function freshCode(account) {
  const begin = used.get(account.login) ?? 0;
  if (Date.now() < begin) {
    await new Promise((resolve) => setTimeout(resolve, begin - Date.now()));
  }
  used.set(account.login, nextStepMs());
  return totp(account.totp_secret);
}

/** Asserts that axe finds nothing wrong on the page. */
export async function axe(page) {
  // Evaluated, not added as a script: the page's content security policy stays in force.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const found = violations.map(({ id, help, nodes }) => ({
    id,
    help,
    at: nodes.map((node) => node.target.join(" ")),
  }));
  assert.deepEqual(found, [], `axe on ${new URL(page.url()).pathname}`);
}

/** The page as A4 sheets, and what stands on them in words. */
export async function printed(page) {
  const pdf = await page.pdf({ format: "A4" });
  assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
  const text = execFileSync("pdftotext", ["-layout", "-", "-"], { input: pdf }).toString();
  // Each sheet ends with a form feed.
  return text.split("\f").slice(0, -1);
}

/** Takes a picture at each width, and asserts that none needs sideways scrolling. */
export async function shot(page, name, widths = [1280, 768, 360]) {
  await mkdir(RESULTS, { recursive: true });
  const before = page.viewportSize();
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${RESULTS}${name}-${width}.png`, fullPage: true });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(wide <= width, `${name} is ${wide} wide on a screen of ${width}`);
  }
  if (before) await page.setViewportSize(before);
}

/**
 * Walks every page that links reach from the one shown, within its origin, and runs `visit` on
 * each (`axe` by default). Answers the paths, one for each shape: `/people/1` and `/people/2`
 * count as the same. Links with a `download` or under one of `except` are not followed.
 */
export async function walk(page, { visit = axe, except = [] } = {}) {
  const { origin } = new URL(page.url());
  const seen = new Set([shape(page.url())]);
  const paths = [];
  const waiting = [page.url()];
  for (let address = waiting.shift(); address; address = waiting.shift()) {
    if (page.url() !== address) await page.goto(address);
    await visit(page);
    paths.push(new URL(address).pathname);
    for (const link of await links(page)) {
      const { origin: there, pathname } = new URL(link);
      // What ends like a file is one, and is saved.
      const isPage = !/\.(csv|json|toml|zip|pdf)$/.test(pathname);
      const skip = except.some((start) => pathname.startsWith(start));
      const ours = isPage && there === origin && !skip;
      if (!ours || seen.has(shape(link))) continue;
      seen.add(shape(link));
      waiting.push(link);
    }
  }
  return paths;
}

function links(page) {
  const all = page.locator("a[href]:not([download])");
  return all.evaluateAll((found) => found.map((link) => link.href.split("#")[0]));
}

// Numbers and long hexadecimal names are ids: one page of each kind is enough. What a query says in
// words (a tab, a filter) makes a page of its own.
export function shape(address) {
  const { pathname, searchParams } = new URL(address);
  const isId = (part) => /\d/.test(part) && /^[0-9a-fH-]+$/i.test(part);
  const path = pathname.split("/").map((part) => (isId(part) ? "*" : part)).join("/");
  const asked = [...searchParams].map(([name, value]) => {
    return `${name}=${value.replace(/[\dH]+/g, "*")}`;
  });
  return asked.length ? `${path}?${asked.sort().join("&")}` : path;
}

/**
 * Presses Tab until the thing named `name` (a string or a pattern) has the focus, and asserts that
 * one can see where the focus is all the way there.
 */
export async function tabTo(page, name, limit = 200) {
  for (let press = 0; press < limit; press += 1) {
    await page.keyboard.press("Tab");
    const focus = page.locator(":focus");
    if ((await focus.count()) === 0) continue;
    const { text, outline, shadow } = await focus.evaluate((thing) => {
      const style = getComputedStyle(thing);
      const label = thing.labels?.[0]?.textContent ?? thing.textContent;
      const text = (thing.getAttribute("aria-label") ?? label ?? "").trim();
      return { text, outline: style.outlineStyle, shadow: style.boxShadow };
    });
    assert.ok(outline !== "none" || shadow !== "none", `the focus on "${text}" cannot be seen`);
    if (typeof name === "string" ? text === name : name.test(text)) return focus;
  }
  throw new Error(`Tab does not reach ${name}`);
}
