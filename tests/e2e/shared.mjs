// One demo and one browser for the tests of a file, gone when they have ended.

import { after, before } from "node:test";

import { openBrowser, startDemo } from "./harness.mjs";

/** Answers an object whose `demo` and `browser` are there when the tests run. */
export function withDemo() {
  const its = {};
  before(async () => {
    its.demo = await startDemo();
    its.browser = await openBrowser({ ca: its.demo.ca });
  });
  after(async () => {
    await its.browser?.close();
    await its.demo?.stop();
  });
  return its;
}
