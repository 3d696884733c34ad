// The runtime client for Node.js functions: asks the Runtime API for events, calls the handler, returns what it gives.
// Source of the protocol: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
import { RuntimeApi } from "./api.mjs";
import { createContext } from "./context.mjs";
import { NodeJsExit, UnhandledPromiseRejection, describe } from "./errors.mjs";
import { load } from "./handler.mjs";
import { ResponseStream, isStreaming, offerStreaming } from "./streaming.mjs";
import { logError, patchConsole, setRequest } from "./log.mjs";

const MAJOR = Number(process.env.AWS_EXECUTION_ENV?.match(/nodejs(\d+)/)?.[1] ?? process.versions.node.split(".")[0]);
const TAKES_CALLBACKS = MAJOR < 24;

const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);
let running = null; // what ends the current invocation: { fail(error), ended(), async }

delete process.env.DOCKERLESS_OPT;
patchConsole();
offerStreaming();
process.on("uncaughtException", (error) => die("Uncaught Exception", error, 129));
process.on("unhandledRejection", (reason, promise) =>
  die("Unhandled Promise Rejection", new UnhandledPromiseRejection(reason, promise), 128),
);
// Nothing left to do: the handler's callback will never come, or was waiting for exactly this.
process.on("beforeExit", () => running?.idle());

async function die(title, error, status) {
  logError(title, error);
  const path = running ? `invocation/${running.id}/error` : "init/error";
  await api.post(path, describe(error), describe(error).errorType).catch(() => {});
  process.exit(status);
}

// Call the handler once; settles with what it returns, throws, or hands to its callback.
function call(handler, event, context, id) {
  return new Promise((resolve, reject) => {
    let atIdle = null;
    const callback = (error, value) => {
      if (atIdle) return;
      const finish = () => (error == null ? resolve(value) : reject(error));
      atIdle = finish;
      if (!context.callbackWaitsForEmptyEventLoop) finish();
    };
    if (TAKES_CALLBACKS) offerCallbacks(context, callback);
    let returned;
    const idle = () => {
      if (atIdle) atIdle();
      else if (isPromise(returned)) reject(new NodeJsExit());
      else resolve(null);
    };
    running = { id, idle };
    returned = TAKES_CALLBACKS ? handler(event, context, callback) : handler(event, context);
    if (isPromise(returned)) returned.then(resolve, reject);
    else if (!TAKES_CALLBACKS) resolve(returned);
  });
}

// Call a streaming handler; settles when it has returned and its stream has been sent.
function callStreaming(handler, event, stream, context, id) {
  return new Promise((resolve, reject) => {
    running = { id, idle: () => reject(new NodeJsExit()) };
    Promise.resolve(handler(event, stream, context))
      .then(() => stream.delivered())
      .then(resolve, reject);
  });
}

const isPromise = (value) => typeof value?.then === "function";

function offerCallbacks(context, callback) {
  const now = (error, value) => {
    context.callbackWaitsForEmptyEventLoop = false;
    callback(error, value);
  };
  Object.assign(context, { done: now, fail: (error) => now(error ?? "handled"), succeed: (value) => now(null, value) });
}

async function invoke(handler, { headers, body }) {
  const id = headers["lambda-runtime-aws-request-id"];
  setRequest(id);
  process.env._X_AMZN_TRACE_ID = headers["lambda-runtime-trace-id"] ?? "";
  const context = createContext(headers, TAKES_CALLBACKS && !isStreaming(handler));
  const stream = new ResponseStream((type) => api.stream(id, type));
  try {
    if (isStreaming(handler)) await callStreaming(handler, JSON.parse(body), stream, context, id);
    else await api.respond(id, serialize(await call(handler, JSON.parse(body), context, id)));
  } catch (error) {
    logError("Invoke Error", error);
    if (stream.begun) await stream.fail(error);
    else await api.post(`invocation/${id}/error`, describe(error), describe(error).errorType);
  } finally {
    running = null;
    delete process.env._X_AMZN_TRACE_ID;
  }
}

function serialize(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch {
    throw new Error("Unable to stringify response body");
  }
}

async function main() {
  let handler;
  try {
    handler = await load(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER, TAKES_CALLBACKS);
  } catch (error) {
    await die("Uncaught Exception", error, 129);
  }
  for (;;) await invoke(handler, await api.next());
}

await main();
