// Pictures for the documentation: `node tests/e2e/screenshots.mjs`, after `cargo build -p tasuki`.

import { mkdir, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { enterByDoorway, openBrowser, startDemo } from "./harness.mjs";

const FOLDER = fileURLToPath(new URL("../../docs/screenshots/", import.meta.url));
const SIZE = { width: 1280, height: 860 };
const MOST_BYTES = 200_000;

const demo = await startDemo();
const browser = await openBrowser({ ca: demo.ca });
try {
  await mkdir(FOLDER, { recursive: true });
  await pictures();
} finally {
  await browser.close();
  await demo.stop();
}

async function pictures() {
  const page = await (await browser.newContext({ locale: "ja-JP" })).newPage();
  await page.setViewportSize(SIZE);
  await page.goto(`${demo.addresses.doorway}/`);
  await picture(page, "doorway");
  const manager = await enterByDoorway(browser, demo, "care_manager");
  await manager.reload();
  await picture(manager, "my_persons");
  await manager.locator("ul.people a.name").filter({ hasText: /^高橋\s花子/ }).click();
  await manager.locator("header.who h1").waitFor();
  await picture(manager, "person");
  const citizen = await enterByDoorway(browser, demo, "citizen_renewal_waiting_for_opinion");
  await citizen.goto(new URL("/my/looks", citizen.url()).href);
  await picture(citizen, "citizen_looks");
  await citizen.goto(new URL("/my/consents", citizen.url()).href);
  await picture(citizen, "consent");
  const town = await enterByDoorway(browser, demo, "town_hall");
  await town.reload();
  await picture(town, "town_hall");
}

async function picture(page, name) {
  await page.setViewportSize(SIZE);
  const path = `${FOLDER}${name}.png`;
  await page.screenshot({ path });
  const { size } = await stat(path);
  if (size > MOST_BYTES) throw new Error(`${path} has ${size} bytes`);
  console.log(path, size);
}
