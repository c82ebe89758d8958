// A demo of one's own: `tasuki demo` in a folder that goes away with it.
//
// The harness reads these fields of DIR/demo.json (others may stand beside them):
//
//   ca          path of the demo's certificate authority, PEM
//   addresses   { doorway, staff, citizen, sign_in, mail, operations }: origins
//   accounts    [{ role, login, password, totp_secret, p12, p12_password, … }]
//   citizens    [{ role, name, card_id, pin, … }]
//
// Paths are absolute or relative to DIR. `town` is what DIR/town/town.json says.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { createInterface } from "node:readline";

/** Starts a demo and waits until it is ready. Call `stop` when done. */
export async function startDemo({ persons = 400, seed = 1 } = {}) {
  const dir = await mkdtemp(join(tmpdir(), "tasuki-e2e-"));
  let running;
  // Between looking for free ports and opening them somebody else may have taken one.
  for (const left of [2, 1, 0]) {
    try {
      running = await start(dir, { persons, seed });
      break;
    } catch (error) {
      await rm(dir, { recursive: true, force: true });
      if (left === 0 || !/address already in use|is taken/i.test(error.message)) throw error;
    }
  }
  const { server, ended } = running;
  const facts = JSON.parse(await readFile(join(dir, "demo.json"), "utf8"));
  return {
    ...facts,
    ca: join(dir, facts.ca),
    town: JSON.parse(await readFile(join(dir, "town/town.json"), "utf8")),
    dir,
    path: (name) => (isAbsolute(name) ? name : join(dir, name)),
    account: (role) => pick(facts.accounts, role),
    /** Ends the demo as Ctrl-C does; answers its exit code. */
    stop: async () => {
      server.kill("SIGINT");
      const code = await ended;
      await rm(dir, { recursive: true, force: true });
      return code;
    },
  };
}

async function start(dir, { persons, seed }) {
  const tasuki = process.env.TASUKI ?? "target/debug/tasuki";
  // Tests run beside each other: each looks for its ports in a hundred of its own.
  const port = 10_000 + Math.floor(Math.random() * 400) * 100;
  const words = ["demo", "--dir", dir, "--persons", persons, "--seed", seed, "--port", port];
  const server = spawn(tasuki, words.map(String), { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => server.once("exit", (code) => resolve(code)));
  await ready(server);
  return { server, ended };
}

function pick(accounts, role) {
  const account = accounts.find((one) => one.role === role);
  if (account) return account;
  throw new Error(`no account of role ${role}; there are ${accounts.map((one) => one.role)}`);
}

/** Resolves at the line `ready: …`; rejects with what the server said when it ends before. */
function ready(server) {
  return new Promise((resolve, reject) => {
    let said = "";
    server.stderr.on("data", (bytes) => (said += bytes));
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`the demo ended with ${code}\n${said}`)));
    createInterface({ input: server.stdout }).on("line", (line) => {
      if (line.startsWith("ready:")) resolve(line);
    });
  });
}
