// Response streaming: `awslambda.streamifyResponse(async (event, responseStream, context) => ...)`.
// Source: https://docs.aws.amazon.com/lambda/latest/dg/config-rs-write-functions.html
import { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { describe } from "./errors.mjs";

const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");
const WITH_PRELUDE = "application/vnd.awslambda.http-integration-response";

export function offerStreaming() {
  globalThis.awslambda = {
    streamifyResponse: (handler) => Object.assign(handler, { [STREAMING]: "response" }),
    HttpResponseStream: {
      // Status and headers go first, as JSON and eight zero bytes.
      from(stream, prelude) {
        stream.setContentType(WITH_PRELUDE);
        stream.first = [JSON.stringify(prelude), Buffer.alloc(8)];
        return stream;
      },
    },
  };
}

export const isStreaming = (handler) => handler[STREAMING] !== undefined;

// What a streaming handler writes to; the request begins with the first byte, so that an earlier error is an ordinary one.
export class ResponseStream extends Writable {
  first = [];
  #contentType = "application/octet-stream";
  #sent = null;

  constructor(open) {
    super();
    this.open = open;
  }

  setContentType(type) {
    this.#contentType = type;
  }

  get begun() {
    return this.#sent !== null;
  }

  #request() {
    if (!this.#sent) {
      this.#sent = this.open(this.#contentType);
      for (const part of this.first) this.#sent.request.write(part);
    }
    return this.#sent.request;
  }

  _write(chunk, encoding, done) {
    this.#request().write(chunk, encoding, done);
  }

  _final(done) {
    this.#request().end();
    this.#sent.answered.then(() => done(), done);
  }

  // Wait until everything has been handed over.
  async delivered() {
    await finished(this);
  }

  // The response has begun: all that is left for an error is what comes after it.
  async fail(error) {
    const body = describe(error);
    this.#request().addTrailers({
      "Lambda-Runtime-Function-Error-Type": body.errorType,
      "Lambda-Runtime-Function-Error-Body": Buffer.from(JSON.stringify(body)).toString("base64"),
    });
    this.#request().end();
    await this.#sent.answered;
  }
}
