// Finds the function's handler: "folder/file.export" below the deployment package, as CommonJS or as an ES module.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  CallbackHandlerDeprecated,
  HandlerNotFound,
  ImportModuleError,
  MalformedHandlerName,
  UserCodeSyntaxError,
} from "./errors.mjs";

export async function load(root, name, takesCallbacks) {
  if (name.includes("..")) throw new HandlerNotFound(`'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`);
  const folder = path.dirname(name);
  const [file, ...exports] = path.basename(name).split(".");
  if (!file || !exports.length) throw new MalformedHandlerName("Bad handler");
  const module = await importModule(root, folder, file);
  const handler = exports.reduce((value, key) => value?.[key], module) ?? exports.reduce((value, key) => value?.[key], module.default);
  if (!handler) throw new HandlerNotFound(`${name} is undefined or not exported`);
  if (typeof handler !== "function") throw new HandlerNotFound(`${name} is not a function`);
  if (!takesCallbacks && handler.length === 3) throw new CallbackHandlerDeprecated();
  return handler;
}

async function importModule(root, folder, file) {
  const place = path.resolve(root, folder, file);
  const require = createRequire(path.join(root, "index.js"));
  try {
    for (const extension of ["", ".js", ".mjs", ".cjs"]) {
      const candidate = place + extension;
      if (!fs.existsSync(candidate) || fs.statSync(candidate).isDirectory()) continue;
      return isModule(candidate, extension) ? await import(pathToFileURL(candidate)) : require(candidate);
    }
    return require(require.resolve(file, { paths: [path.resolve(root, folder)] }));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UserCodeSyntaxError(error);
    if (error?.code === "MODULE_NOT_FOUND" || error?.code === "ERR_MODULE_NOT_FOUND") throw new ImportModuleError(error);
    throw error;
  }
}

// A .js file is what the nearest package.json says.
function isModule(file, extension) {
  if (extension !== ".js") return extension === ".mjs";
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, "package.json");
    if (fs.existsSync(manifest)) return JSON.parse(fs.readFileSync(manifest, "utf8")).type === "module";
    if (folder === path.dirname(folder)) return false;
  }
}
