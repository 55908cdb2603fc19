import { Trans } from "@lingui/react/macro";
import {
  Avatar,
  Banner,
  Button,
  buttonClass,
  Card,
  DarkLamp,
  Icon,
  QuietWater,
  Row,
  classNames,
} from "@mainstay/ui";
import type { RegistrationAnswers } from "@mainstay/wire";
import { Link, useNavigate } from "@tanstack/react-router";
import { Clock, Hourglass, IdCard, Mail, ShieldCheck } from "lucide-react";
import { BackBar, Page } from "../../shell/page.tsx";
import { forgetRegistration } from "./use-registration.ts";

/** While the identity check runs: seconds. */
export function CheckingPage() {
  return (
    <Page className="items-center justify-center pb-24 text-center">
      <div role="status">
        <span
          className={classNames(
            "mx-auto flex size-18 animate-breathe items-center justify-center rounded-full",
            "bg-harbour-tint text-harbour-tint-ink",
          )}
        >
          <Icon of={IdCard} size={32} />
        </span>
        <h1 className="mt-5 text-title">
          <Trans>Making sure you’re you</Trans>
        </h1>
        <p className="mt-1.5 text-row text-ink-soft">
          <Trans>This takes a few seconds.</Trans>
        </p>
      </div>
    </Page>
  );
}

/** A person has to look: what happens next, and that nothing need be done. */
export function ReferredPage({ answers }: { readonly answers: RegistrationAnswers }) {
  const { email = "" } = answers;
  return (
    <Page
      bar={<BackBar to="/welcome" close />}
      foot={
        <Link to="/welcome" className={buttonClass("second")}>
          <Trans>Close for now</Trans>
        </Link>
      }
    >
      <div className="flex justify-center pt-6">
        <QuietWater />
      </div>
      <h1 className="mt-6 text-center text-title text-balance">
        <Trans>A person is looking at your details</Trans>
      </h1>
      <p className="mt-1.5 text-center text-row text-ink-soft">
        <Trans>
          The automatic check couldn’t be sure, so one of us decides. You don’t need to do anything.
        </Trans>
      </p>
      <Card className="mt-6">
        <Row
          leading={
            <Avatar tone="teal">
              <Icon of={Mail} size={20} />
            </Avatar>
          }
          title={<Trans>We write to you when it’s decided</Trans>}
          subtitle={email}
        />
        <Row
          leading={
            <Avatar tone="amber">
              <Icon of={Clock} size={20} />
            </Avatar>
          }
          title={<Trans>Come back on this device</Trans>}
          subtitle={<Trans>You go on from here</Trans>}
        />
      </Card>
      <p role="status" className="flex items-center justify-center gap-2 pt-5 text-body text-ink-soft">
        <Icon of={Hourglass} size={20} />
        <Trans>This page follows by itself.</Trans>
      </p>
    </Page>
  );
}

/** The check failed: said plainly, without guessing at reasons, and what can be done. */
export function FailedPage() {
  const navigate = useNavigate();
  const again = () => {
    forgetRegistration();
    void navigate({ to: "/welcome" });
  };
  return (
    <Page
      bar={<BackBar to="/welcome" close />}
      foot={
        <Button look="second" onClick={again}>
          <Trans>Back to the start</Trans>
        </Button>
      }
    >
      <div className="flex justify-center pt-6">
        <DarkLamp />
      </div>
      <h1 className="mt-6 text-center text-title text-balance">
        <Trans>We can’t open an account for you now</Trans>
      </h1>
      <p className="mt-1.5 mb-6 text-center text-row text-ink-soft">
        <Trans>We couldn’t confirm who you are from the details that we have.</Trans>
      </p>
      <Banner tone="harbour" icon={ShieldCheck} title={<Trans>A typing error?</Trans>}>
        <Trans>Start again with the name and address as your bank or your driving licence has them.</Trans>
      </Banner>
    </Page>
  );
}
