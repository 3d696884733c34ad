// The Runtime API over one kept connection.
import http from "node:http";

export class RuntimeApi {
  constructor(address) {
    const [host, port] = address.split(":");
    this.options = { host, port, agent: new http.Agent({ keepAlive: true, maxSockets: 1 }) };
  }

  next() {
    return this.#request("GET", "invocation/next");
  }

  respond(id, text) {
    return this.#request("POST", `invocation/${id}/response`, text);
  }

  post(path, error, type) {
    return this.#request("POST", path, JSON.stringify(error), { "Lambda-Runtime-Function-Error-Type": type });
  }

  // A response whose parts are sent as they come: the request to write to, and a promise of the API's answer.
  stream(id, contentType) {
    const headers = {
      "Content-Type": contentType,
      "Lambda-Runtime-Function-Response-Mode": "streaming",
      "Transfer-Encoding": "chunked",
      Trailer: "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body",
    };
    return this.#begin("POST", `invocation/${id}/response`, headers);
  }

  #request(method, path, text, more = {}) {
    const headers = { "User-Agent": `aws-lambda-nodejs/${process.versions.node}`, ...more };
    if (text !== undefined) {
      headers["Content-Type"] = "application/json";
      headers["Content-Length"] = Buffer.byteLength(text);
    }
    const { request, answered } = this.#begin(method, path, headers);
    request.end(text);
    return answered;
  }

  #begin(method, path, headers) {
    const request = http.request({ ...this.options, method, path: `/2018-06-01/runtime/${path}`, headers });
    request.setNoDelay(true);
    const answered = new Promise((resolve, reject) => {
      request.on("error", reject);
      request.on("response", (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk));
        response.on("end", () => resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }));
      });
    });
    return { request, answered };
  }
}
