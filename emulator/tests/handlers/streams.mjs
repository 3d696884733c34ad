// Streams what the event asks for, and lets the test decide when it goes on.
export const handler = awslambda.streamifyResponse(async (event, stream) => {
  const told = event.headers ? JSON.parse(event.headers["x-told"]) : event;
  if (told.early) throw new RangeError(told.early);
  if (told.head) stream = awslambda.HttpResponseStream.from(stream, told.head);
  if (told.type) stream.setContentType(told.type);
  for (const part of told.parts ?? []) {
    stream.write(part);
    if (told.gate) await fetch(told.gate);
  }
  if (told.bytes) stream.write(Buffer.alloc(told.bytes));
  if (told.late) throw new RangeError(told.late);
  if (told.exit) process.exit(3);
  stream.end();
});
