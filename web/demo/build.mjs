// Bundles the demo page into web/dist/: one script, one style sheet, and the files that go as they are.
import { build } from "esbuild";
import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const dist = here("../dist/");

const phoenix = join(dirname(createRequire(import.meta.url).resolve("phoenix")), "../..");
const licence = await readFile(join(phoenix, "LICENSE.md"), "utf8");

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await build({
  entryPoints: [here("src/app.js"), here("src/app.css")],
  outdir: dist,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2020"],
  banner: { js: `/*! Contains phoenix.js.\n${licence}*/` },
  logLevel: "warning",
});
for (const file of ["index.html", "favicon.svg"]) await copyFile(here(`src/${file}`), dist + file);
