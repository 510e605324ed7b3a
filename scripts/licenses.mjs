// Writes docs/third-party-licenses.md: whose work ships with the server and with what it sends to browsers.
// `--check` fails instead where the list on record is not what the lock files give.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const FILE = "docs/third-party-licenses.md";
const SERVER = "server", BROWSER = "browser";

/** What ships without being a crate or a package of its own. */
const WITHIN = [
  { name: "mimalloc", version: "in libmimalloc-sys", license: "MIT", link: "https://github.com/microsoft/mimalloc", where: SERVER },
  { name: "Rust's standard library", version: "of the toolchain", license: "MIT OR Apache-2.0", link: "https://github.com/rust-lang/rust", where: `${SERVER}, ${BROWSER}` },
  { name: "zxcvbn", version: "its frequency list of passwords", license: "MIT", link: "https://github.com/dropbox/zxcvbn", where: SERVER },
  { name: "SQLite", version: "in libsqlite3-sys", license: "public domain", link: "https://sqlite.org/copyright.html", where: SERVER },
];

/** Packages of npm that leave something in the files that ship, and what. */
const NPM = { "simple-icons": "logos in public/platforms", tailwindcss: "base styles in the CSS" };

/** The crates in a build: no macros, which stay with the compiler. */
function crates(target, feature) {
  const flags = ["tree", "--locked", "--edges", "normal,no-proc-macro", "--target", target, "--features", feature];
  const output = execFileSync("cargo", [...flags, "--prefix", "none", "--format", "{p}|{l}|{r}|"], { encoding: "utf8" });
  const [own, ...lines] = output.trim().split("\n").map((line) => line.replace(/[^|]*$/, ""));
  return [...new Set(lines)].filter((line) => line !== own).map((line) => {
    const [crate, license, link] = line.split("|");
    const [name, version] = crate.split(" ");
    return { name, version: version.slice(1), license, link: link || `https://crates.io/crates/${name}` };
  });
}

/** The same licences in one spelling, whatever their order. */
function spelled(license) {
  if (/ AND |\(/.test(license)) return license;
  return license.split(/ OR |\//).map((name) => name.trim()).sort().join(" OR ");
}

function entries() {
  const builds = { [SERVER]: crates("x86_64-unknown-linux-gnu", "ssr"), [BROWSER]: crates("wasm32-unknown-unknown", "hydrate") };
  const all = new Map();
  for (const [where, list] of Object.entries(builds)) {
    for (const crate of list) {
      const key = `${crate.name} ${crate.version}`;
      if (!crate.license) throw new Error(`${key} does not say its licence: find it out and say it here`);
      const before = all.get(key);
      all.set(key, { ...crate, where: before ? `${before.where}, ${where}` : where });
    }
  }
  const locked = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
  const npm = Object.entries(NPM).map(([name, what]) => {
    const { version, license } = locked[`node_modules/${name}`];
    return { name, version, license, link: `https://www.npmjs.com/package/${name}`, where: `${BROWSER}: ${what}` };
  });
  return [...all.values(), ...npm, ...WITHIN];
}

function document(list) {
  const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  const licenses = [...new Set(list.map(({ license }) => spelled(license)))].sort(order);
  const sections = licenses.map((group) => {
    const members = list.filter(({ license }) => spelled(license) === group);
    const rows = members.map(({ name, version, link, where }) => `| [${name}](${link}) | ${version} | ${where} |`);
    return `## ${group}\n\n| name | version | ships with |\n|---|---|---|\n${rows.sort(order).join("\n")}\n`;
  });
  return `# Third-party licences

Whose work ships with Music Analytics, by licence: ${list.length} entries. *Server* is the program on Linux (x86-64), *browser*
what it sends to browsers; tools and tests are not in the list. \`make licenses\` makes it from the lock files, and
\`make test\` checks it. Music Analytics itself is under [Apache-2.0](../LICENSE).

${sections.join("\n")}`;
}

const text = document(entries());
if (!process.argv.includes("--check")) {
  writeFileSync(FILE, text);
} else if (readFileSync(FILE, "utf8") !== text) {
  console.error(`${FILE} is not what the lock files give: run make licenses`);
  process.exitCode = 1;
}
