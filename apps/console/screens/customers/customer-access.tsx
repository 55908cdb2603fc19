import type { Customer } from "@mainstay/wire";
import { Fingerprint, Smartphone } from "lucide-react";
import { Badge } from "../../parts/badge.tsx";
import { Card } from "../../parts/card.tsx";
import { Scroll } from "../../parts/scroll.tsx";
import { ageOf, Time } from "../../parts/time.tsx";
import { lookText, opened_by } from "./customer-words.ts";

/** The devices that hold or held a session, the last seen first, with the sessions that are open now. */
export function Devices({ devices, now }: Pick<Customer, "devices"> & { readonly now: Date }) {
  const open = devices.filter(({ sessions }) => sessions.length > 0).length;
  return (
    <Card
      title="Devices"
      note={open === 0 ? "logged in on none" : `logged in on ${open} of ${devices.length}`}
      className="min-h-[72px]"
    >
      <Scroll label="Devices">
        <ul>
          {devices.map((device) => (
            <li key={device.id} className="border-b border-line px-4 py-2 last:border-b-0">
              <div className="flex items-center gap-2">
                <Smartphone size={14} strokeWidth={1.9} aria-hidden className="shrink-0 text-ink-soft" />
                <span className="min-w-0 truncate font-medium">{device.name}</span>
                {device.sessions.length > 0 && (
                  <span className="ml-auto">
                    <Badge tone="good">Logged in</Badge>
                  </span>
                )}
              </div>
              <div className="text-small text-ink-soft">
                seen {ageText(device.lastSeenAt, now)}, first <Time at={device.firstSeenAt} form="date" />
              </div>
              {device.sessions.map((session) => (
                <div key={session.startedAt} className="text-small text-ink-soft">
                  since <Time at={session.startedAt} />, {opened_by[session.openedBy]}
                </div>
              ))}
            </li>
          ))}
          {devices.length === 0 && <li className="px-4 py-3 text-ink-soft">None yet.</li>}
        </ul>
      </Scroll>
    </Card>
  );
}

function ageText(at: string, now: Date): string {
  const age = ageOf(at, now);
  return age === "just now" ? age : `${age} ago`;
}

/** The ways in that the customer has. */
export function Passkeys({ passkeys, recoveryCodesLeft }: Pick<Customer, "passkeys" | "recoveryCodesLeft">) {
  const codes = recoveryCodesLeft === 0 ? "no recovery codes" : `${recoveryCodesLeft} recovery codes left`;
  return (
    <Card title="Passkeys" note={codes} className="min-h-[72px]">
      <Scroll label="Passkeys">
        <ul>
          {passkeys.map((passkey) => (
            <li key={passkey.id} className="border-b border-line px-4 py-2 last:border-b-0">
              <div className="flex items-center gap-2 font-medium">
                <Fingerprint size={14} strokeWidth={1.9} aria-hidden className="shrink-0 text-ink-soft" />
                <span className="truncate">{passkey.name}</span>
              </div>
              <div className="text-small text-ink-soft">
                made <Time at={passkey.createdAt} form="date" />
                {", "}
                {passkey.lastUsedAt === null ? (
                  "never used since"
                ) : (
                  <>
                    used <Time at={passkey.lastUsedAt} />
                  </>
                )}
              </div>
            </li>
          ))}
          {passkeys.length === 0 && <li className="px-4 py-3 text-ink-soft">None: they can’t log in.</li>}
        </ul>
      </Scroll>
    </Card>
  );
}

/** Who of staff looked at the customer, newest first: this look too. */
export function Looks({ looks }: Pick<Customer, "looks">) {
  return (
    <Card title="Who looked" note="newest first" className="min-h-[120px] flex-1">
      <Scroll label="Who looked" className="flex-1">
        <ul>
          {looks.map((look) => (
            <li
              key={`${look.at} ${look.action}`}
              className="flex items-baseline gap-2 border-b border-line px-4 py-1.5 last:border-b-0"
            >
              <div className="min-w-0 flex-1">
                <div className="truncate font-medium">{look.staff.name}</div>
                <div className="truncate text-small text-ink-soft">{lookText(look)}</div>
              </div>
              <span className="text-small text-ink-soft">
                <Time at={look.at} />
              </span>
            </li>
          ))}
        </ul>
      </Scroll>
    </Card>
  );
}
