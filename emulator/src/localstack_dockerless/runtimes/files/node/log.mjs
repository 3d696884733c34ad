// The console as Lambda has it: every line with its time, the request's id and a level; or JSON where the function asks for it.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
import { format } from "node:util";

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const METHODS = { trace: "TRACE", debug: "DEBUG", log: "INFO", info: "INFO", warn: "WARN", error: "ERROR", fatal: "FATAL" };
const JSON_LINES = process.env.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === "JSON";
const LOWEST = JSON_LINES ? Math.max(0, LEVELS.indexOf(process.env.AWS_LAMBDA_LOG_LEVEL?.toUpperCase() ?? "")) : 0;

let request;

export function setRequest(id) {
  request = id;
}

export function patchConsole() {
  for (const [method, level] of Object.entries(METHODS)) console[method] = (...words) => write(level, words);
}

// An error the runtime itself reports, with everything the error carries.
export function logError(title, error) {
  if (JSON_LINES) write("ERROR", [error]);
  else line("ERROR", `${title} \t${JSON.stringify(detail(error))}`);
}

function detail(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), stack: [] };
  const own = Object.fromEntries(Object.entries(error).map(([key, value]) => [key, value instanceof Error ? detail(value) : value]));
  delete own.name;
  return { errorType: error.name, errorMessage: error.message, ...own, stack: error.stack.split("\n") };
}

function write(level, words) {
  if (LEVELS.indexOf(level) < LOWEST) return;
  if (JSON_LINES) object(level, words);
  else line(level, format(...words));
}

// Line ends inside a message become carriage returns, so that it stays one log event.
function line(level, text) {
  process.stdout.write(`${new Date().toISOString()}\t${request}\t${level}\t${text}`.replaceAll("\n", "\r") + "\n");
}

function object(level, words) {
  const [first] = words;
  const about = { timestamp: new Date().toISOString(), level, requestId: request };
  if (words.length === 1 && first instanceof Error) Object.assign(about, { errorType: first.name, errorMessage: first.message, stackTrace: first.stack.split("\n").slice(1).map((text) => text.trim()) });
  else about.message = words.length === 1 ? first : format(...words);
  process.stdout.write(`${JSON.stringify(about)}\n`);
}
