/**
 * Copies the browser libraries that package.json pins from node_modules to static/vendor/<name>-<version>/.
 * Run by `npm run vendor` after `npm ci`; the result is committed, so that a checkout runs without Node.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "..", "..", "node_modules");
/** What the desk needs of each library, never more. */
const wanted = {
  openseadragon: ["build/openseadragon/openseadragon.min.js", "LICENSE.txt"],
  "tus-js-client": ["dist/tus.min.js", "LICENSE"],
};

for (const [name, files] of Object.entries(wanted)) {
  const { version } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  const target = join(here, `${name}-${version}`);
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  for (const file of files) {
    // Without the pointer to a source map that is not shipped: the manifest of static files would look for it.
    const text = readFileSync(join(modules, name, file), "utf8").replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n");
    writeFileSync(join(target, file.split("/").at(-1)), text);
  }
}
