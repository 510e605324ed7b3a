// Trunk's last step: finishes what it is about to put into dist/. Removes the HTML file (the server
// renders the pages) and, in a release build, minifies the JavaScript and compresses every text and WASM file next to
// itself.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { minify } from "terser";

const { TRUNK_STAGING_DIR: staging, TRUNK_PROFILE: profile } = process.env;
if (!staging) throw new Error("Trunk runs this script; see Trunk.toml");

rmSync(join(staging, "index.html"), { force: true });
if (profile === "release") {
  const files = readdirSync(staging, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(css|js|svg|wasm)$/.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
  for (const file of files.filter((file) => file.endsWith(".js"))) {
    const { code } = await minify(readFileSync(file, "utf8"), { module: true });
    writeFileSync(file, code);
  }
  for (const file of files) {
    const bytes = readFileSync(file);
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    const small = brotliCompressSync(bytes, { params });
    if (small.length < bytes.length) writeFileSync(`${file}.br`, small);
  }
}
