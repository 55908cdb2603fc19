import type { Letter } from "@mainstay/mail";
import type { DomainEvent } from "@mainstay/platform";

/** Whom a message is for. */
export type Contact = { readonly firstName: string; readonly email: string };

const not_you =
  "If this wasn't you, open Mainstay, go to Security and log that device out. Then write to us under Help.";

type Writer = (event: DomainEvent, contact: Contact) => Letter | null;

/** What is told of which event. An event that isn't here is told to nobody. */
const writers: Readonly<Record<string, Writer>> = {
  "accounts.account-opened": (_event, contact) => ({
    subject: "Welcome to Mainstay",
    paragraphs: [
      `Hello ${contact.firstName}, your current account is open.`,
      "You'll find its sort code and account number in the app: you can be paid from now on.",
      "Make your recovery codes next, under Security. They get you back in if you lose your phone.",
    ],
  }),
  "identity.registration-passed": (event, contact) => {
    // Whom the check itself let pass is looking at the app; whoever waited for a person may have left it.
    if (event.payload["decidedBy"] !== "staff") return null;
    return {
      subject: "You can finish opening your account",
      paragraphs: [
        `Hello ${contact.firstName}, we've looked at your details and all is well.`,
        "Open Mainstay on the device on which you began: the last step is your passkey.",
      ],
    };
  },
  "identity.registration-failed": (event, contact) => {
    if (event.payload["decidedBy"] !== "staff") return null;
    return {
      subject: "We can't open an account for you",
      paragraphs: [
        `Hello ${contact.firstName}, we've looked at your details and can't open an account with them.`,
        "We know that this is disappointing. Your details are not used for anything else.",
      ],
    };
  },
  "identity.device-added": (event, contact) => {
    // The device that opened the account is told of by the welcome, one that recovered it by that message.
    if (event.payload["openedBy"] !== "passkey") return null;
    return {
      subject: "A new device logged in",
      paragraphs: [
        `Hello ${contact.firstName}, ${deviceOf(event)} logged in to your account on ${timeOf(event)}.`,
        "If that was you, there's nothing to do.",
        not_you,
      ],
    };
  },
  "identity.passkey-added": (event, contact) => {
    // The first passkey comes with the welcome, that of a recovery with that message.
    if (event.payload["during"] !== "security") return null;
    return {
      subject: "A passkey was added",
      paragraphs: [
        `Hello ${contact.firstName}, a passkey was added to your account on ${timeOf(event)}.`,
        "If that was you, there's nothing to do.",
        not_you,
      ],
    };
  },
  "identity.recovered": (event, contact) => ({
    subject: "A recovery code was used",
    paragraphs: [
      `Hello ${contact.firstName}, one of your recovery codes was used on ${timeOf(event)}.`,
      `It logged in ${deviceOf(event)}.`,
      "That code can't be used again. You can make new ones under Security.",
      not_you,
    ],
  }),
};

/** The message about an event, or null where nothing is told of it. */
export function messageAbout(event: DomainEvent, contact: Contact): Letter | null {
  return writers[event.kind]?.(event, contact) ?? null;
}

/** Whom an event itself names: somebody who isn't a customer yet. */
export function contactIn(event: DomainEvent): Contact | undefined {
  const { firstName, email } = event.payload;
  return typeof firstName === "string" && typeof email === "string" ? { firstName, email } : undefined;
}

/** Says whether an event is told of at all. */
export function isTold(kind: string): boolean {
  return Object.hasOwn(writers, kind);
}

function deviceOf(event: DomainEvent): string {
  const name = event.payload["deviceName"];
  return typeof name === "string" && name !== "" ? name : "a device";
}

const time_format = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Europe/London",
  dateStyle: "long",
  timeStyle: "short",
});

function timeOf(event: DomainEvent): string {
  return time_format.format(event.occurredAt);
}
