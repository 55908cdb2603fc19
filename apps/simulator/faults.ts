/**
 * Each fault that can be switched on, with what its settings do. The first setting of each is how the world
 * usually is.
 */
export const fault_switches = {
  identityCheck: {
    title: "Identity check",
    settings: {
      "by-name": "Answers by the name: see the rules on the overview.",
      slow: "Answers as usual, but only after eight seconds.",
      none: "Never answers. The bank has to give up by itself.",
    },
  },
  mail: {
    title: "Mail",
    settings: {
      accept: "Takes every message.",
      refuse: "Refuses every message for now (451). The bank has to try again later.",
      "refuse-for-good": "Refuses every message for good (550). The bank must not try again.",
      slow: "Takes every message, and replies only after twelve seconds: longer than the bank waits.",
      "accept-then-bounce": "Takes every message, and says later that it couldn't be delivered.",
      "drop-after-data":
        "Takes every message, then cuts the connection without a reply: nobody knows but the mail provider.",
    },
  },
  push: {
    title: "Push service",
    settings: {
      accept: "Takes every push that is signed as it should be.",
      gone: "Says that every subscription is gone (410). The bank has to forget them.",
      busy: "Takes none for now (429). The bank has to try again later.",
    },
  },
  scheme: {
    title: "Domestic scheme",
    settings: {
      normal: "Sends each credit transfer once.",
      twice: "Sends each credit transfer twice, byte for byte. The money may arrive only once.",
    },
  },
} as const;

type Switches = typeof fault_switches;

/** The name of a switch. */
export type FaultName = keyof Switches;

/** What is switched to what. */
export type FaultSettings = { readonly [Name in FaultName]: keyof Switches[Name]["settings"] };

/** The switches of one simulator. */
export type Faults = {
  readonly settings: () => FaultSettings;
  /**
   * Sets what is named and known; answers false, and changes nothing, where a name or a setting is unknown.
   */
  readonly set: (changes: Readonly<Record<string, string>>) => boolean;
};

/** Makes the switches, all as the world usually is. */
export function createFaults(): Faults {
  let settings: FaultSettings = {
    identityCheck: "by-name",
    mail: "accept",
    push: "accept",
    scheme: "normal",
  };
  return {
    settings: () => settings,
    set: (changes) => {
      if (!Object.entries(changes).every(([name, setting]) => isSetting(name, setting))) return false;
      settings = { ...settings, ...changes };
      return true;
    },
  };
}

function isSetting(name: string, setting: string): boolean {
  if (!Object.hasOwn(fault_switches, name)) return false;
  return Object.hasOwn(fault_switches[name as FaultName].settings, setting);
}
