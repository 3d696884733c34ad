// Errors as Lambda names and shapes them.

class RuntimeError extends Error {
  constructor(type, message) {
    super(message);
    this.name = `Runtime.${type}`;
  }
}

export class ImportModuleError extends RuntimeError {
  constructor(cause) {
    super("ImportModuleError", String(cause));
  }
}

export class UserCodeSyntaxError extends RuntimeError {
  constructor(cause) {
    super("UserCodeSyntaxError", String(cause));
    this.stack = `${this.name}: ${cause.stack ?? cause}`;
  }
}

export class HandlerNotFound extends RuntimeError {
  constructor(message) {
    super("HandlerNotFound", message);
  }
}

export class MalformedHandlerName extends RuntimeError {
  constructor(message) {
    super("MalformedHandlerName", message);
  }
}

export class CallbackHandlerDeprecated extends RuntimeError {
  constructor() {
    super(
      "CallbackHandlerDeprecated",
      "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later.",
    );
  }
}

export class NodeJsExit extends RuntimeError {
  constructor() {
    super(
      "NodeJsExit",
      "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes",
    );
  }
}

export class UnhandledPromiseRejection extends RuntimeError {
  constructor(reason, promise) {
    super("UnhandledPromiseRejection", String(reason));
    this.reason = reason;
    this.promise = promise;
  }
}

// The body of an error that is reported to the Runtime API.
export function describe(error) {
  if (!(error instanceof Error) && typeof error?.stack !== "string") {
    return { errorType: error === null ? "object" : typeof error, errorMessage: String(error), trace: [] };
  }
  return { errorType: error.name, errorMessage: error.message, trace: error.stack.split("\n") };
}
