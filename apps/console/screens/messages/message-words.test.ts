import { expect, test } from "vitest";
import { message, sent } from "../../../../tests/support/console/message.ts";
import {
  channelProgress,
  piecesOf,
  placeholderName,
  reachText,
  signedLines,
  unknownPlaceholders,
  withFirstName,
} from "./message-words.ts";

test("a message is words and what is filled in; what isn't a placeholder stays words", () => {
  expect(piecesOf("Hello {first_name}, <b>{not one}</b>")).toEqual([
    { kind: "words", text: "Hello " },
    { kind: "placeholder", text: "first_name" },
    { kind: "words", text: ", <b>{not one}</b>" },
  ]);
  expect(piecesOf("")).toEqual([]);
  expect(placeholderName("rolled_back_at")).toBe("rolled back at");
});

test("a placeholder that nobody can fill in is named, once", () => {
  expect(unknownPlaceholders("{iban} and {iban}", "{first_name} {balance}")).toEqual(["iban", "balance"]);
  expect(unknownPlaceholders(message.subject, message.text)).toEqual([]);
});

test("the name that control never knows is put in by the page, as it is", () => {
  expect(withFirstName("Hello {first_name}", "<i>Grace</i>")).toBe("Hello <i>Grace</i>");
  expect(withFirstName("Hello {first_name}", "$&")).toBe("Hello $&");
  expect(withFirstName("Hello {first_name}", undefined)).toBe("Hello {first_name}");
});

test("how far each way is: who has it, who read it, what came back, who has no such way", () => {
  expect(channelProgress(sent)).toEqual([
    { channel: "inbox", reached: 29, waiting: 0, wrong: 0, read: 12, none: 0, total: 29 },
    { channel: "email", reached: 26, waiting: 2, wrong: 1, read: 0, none: 0, total: 29 },
    { channel: "push", reached: 11, waiting: 0, wrong: 0, read: 0, none: 18, total: 11 },
  ]);
  expect(channelProgress({ ...sent, channels: ["email"] }).map(({ channel }) => channel)).toEqual(["email"]);
});

test("whom it reaches is told in people, now and later", () => {
  expect(reachText(message)).toBe("29 now, 2 later");
  expect(reachText({ recipients: { now: 31, notBack: 0, later: 0 } })).toBe("31 now");
});

test("what is signed is read line by line; a quoted text can't make a line of its own", () => {
  const lines = signedLines('Mainstay message 1\nto: 3 people now\ntext: "Hello\\nto: everybody"');
  expect(lines).toEqual([
    { name: "Mainstay message 1", said: "" },
    { name: "to", said: "3 people now" },
    { name: "text", said: "Hello\nto: everybody" },
  ]);
});
