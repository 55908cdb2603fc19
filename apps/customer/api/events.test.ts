import { expect, test } from "vitest";
import { eventReader } from "./events.ts";

test("an event that comes in pieces is heard once, whole; comments and names are passed over", () => {
  const heard: string[] = [];
  const feed = eventReader((data) => heard.push(data));
  for (const piece of [
    ": hello\n\n",
    'event: x\ndata: {"type":',
    '"ping"}\n\nda',
    'ta: {"type":"ping"}\r\n\r\n',
    "data: {",
  ]) {
    feed(piece);
  }
  expect(heard).toEqual(['{"type":"ping"}', '{"type":"ping"}']);
});
