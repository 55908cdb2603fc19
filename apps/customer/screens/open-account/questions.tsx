import { Trans, useLingui } from "@lingui/react/macro";
import { Field } from "@mainstay/ui";
import type { Address, RegistrationAnswers } from "@mainstay/wire";
import { useState, type ReactNode } from "react";
import { serverNow } from "../../browser.ts";
import { digitsOf } from "../../text/account-numbers.ts";
import { QuestionPage, type QuestionPageProps } from "./question-page.tsx";
import { dateOfBirth, isEmail, phoneNumber, postcode, type Question } from "./steps.ts";

/** What every question takes. */
export type AskProps = Pick<QuestionPageProps, "share" | "busy" | "failure" | "onBack"> & {
  readonly answers: RegistrationAnswers;
  readonly onAnswer: (answers: RegistrationAnswers) => void;
};

/** The question that is asked now. */
export function AskQuestion({ question, ...props }: AskProps & { readonly question: Question }) {
  const screens = { name: AskName, birth: AskBirth, address: AskAddress, email: AskEmail, phone: AskPhone };
  const Ask = screens[question];
  return <Ask {...props} />;
}

/** Tells what is wrong with an answer only after the customer wanted to go on with it. */
function useTried() {
  const [isTried, setTried] = useState(false);
  return {
    tell: (isWrong: boolean, words: string) => (isTried && isWrong ? { error: words } : {}),
    goOn: (isRight: boolean, go: () => void) => () => (isRight ? go() : setTried(true)),
  };
}

function AskName({ answers, onAnswer, ...page }: AskProps) {
  const { t } = useLingui();
  const [firstName, setFirstName] = useState(answers.firstName ?? "");
  const [lastName, setLastName] = useState(answers.lastName ?? "");
  const { tell, goOn } = useTried();
  const answer = { firstName: firstName.trim(), lastName: lastName.trim() };
  const isRight = answer.firstName !== "" && answer.lastName !== "";
  return (
    <QuestionPage
      {...page}
      title={<Trans>What’s your name?</Trans>}
      why={<Trans>As it stands in your passport or driving licence.</Trans>}
      onContinue={goOn(isRight, () => onAnswer({ ...answers, ...answer }))}
    >
      <Field
        label={t`First name`}
        value={firstName}
        maxLength={60}
        autoComplete="given-name"
        autoFocus
        onChange={(event) => setFirstName(event.target.value)}
        {...tell(answer.firstName === "", t`Type your first name.`)}
      />
      <Field
        label={t`Last name`}
        value={lastName}
        maxLength={60}
        autoComplete="family-name"
        onChange={(event) => setLastName(event.target.value)}
        {...tell(answer.lastName === "", t`Type your last name.`)}
      />
    </QuestionPage>
  );
}

function AskBirth({ answers, onAnswer, ...page }: AskProps) {
  const { t } = useLingui();
  const [knownYear = "", knownMonth = "", knownDay = ""] = (answers.dateOfBirth ?? "").split("-");
  const [day, setDay] = useState(knownDay);
  const [month, setMonth] = useState(knownMonth);
  const [year, setYear] = useState(knownYear);
  const { tell, goOn } = useTried();
  const date = dateOfBirth(day, month, year, serverNow());
  const error = tell(date === null, t`There’s no such day. Type it like 7, 3 and 1990.`).error;
  const part = (label: string, value: string, set: (text: string) => void, length: number, kind: string) => (
    <Field
      className={length === 4 ? "flex-[1.4]" : "flex-1"}
      label={label}
      value={value}
      inputMode="numeric"
      autoComplete={kind}
      autoFocus={kind === "bday-day"}
      aria-invalid={error !== undefined || undefined}
      onChange={(event) => set(digitsOf(event.target.value, length))}
    />
  );
  return (
    <QuestionPage
      {...page}
      title={<Trans>When were you born?</Trans>}
      why={<Trans>It helps us to be sure that you’re you.</Trans>}
      onContinue={goOn(date !== null, () =>
        onAnswer({ ...answers, ...(date === null ? {} : { dateOfBirth: date }) }),
      )}
    >
      <div className="flex gap-3" role="group" aria-label={t`Date of birth`}>
        {part(t`Day`, day, setDay, 2, "bday-day")}
        {part(t`Month`, month, setMonth, 2, "bday-month")}
        {part(t`Year`, year, setYear, 4, "bday-year")}
      </div>
      <Wrong>{error}</Wrong>
    </QuestionPage>
  );
}

function Wrong({ children }: { readonly children: ReactNode }) {
  if (children === undefined) return null;
  return (
    <p role="alert" className="-mt-2 px-1 text-body text-danger">
      {children}
    </p>
  );
}

function AskAddress({ answers, onAnswer, ...page }: AskProps) {
  const { t } = useLingui();
  const [typed, setTyped] = useState({ line1: "", line2: "", town: "", postcode: "", ...answers.address });
  const { tell, goOn } = useTried();
  const code = postcode(typed.postcode);
  const isRight = typed.line1.trim() !== "" && typed.town.trim() !== "" && code !== null;
  const go = () => {
    const line2 = typed.line2.trim();
    const address: Address = {
      line1: typed.line1.trim(),
      ...(line2 === "" ? {} : { line2 }),
      town: typed.town.trim(),
      postcode: code ?? "",
      country: "GB",
    };
    onAnswer({ ...answers, address });
  };
  const field = (name: "line1" | "line2" | "town" | "postcode", label: string, kind: string, error = {}) => (
    <Field
      label={label}
      value={typed[name]}
      maxLength={name === "postcode" ? 10 : name === "town" ? 35 : 70}
      autoComplete={kind}
      autoFocus={name === "line1"}
      onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
      {...error}
    />
  );
  return (
    <QuestionPage
      {...page}
      title={<Trans>Where do you live?</Trans>}
      why={<Trans>Your home in the United Kingdom.</Trans>}
      onContinue={goOn(isRight, go)}
    >
      {field(
        "line1",
        t`House and street`,
        "address-line1",
        tell(typed.line1.trim() === "", t`Type house and street.`),
      )}
      {field("line2", t`Flat or building, if there’s one`, "address-line2")}
      {field("town", t`Town`, "address-level2", tell(typed.town.trim() === "", t`Type the town.`))}
      {field("postcode", t`Postcode`, "postal-code", tell(code === null, t`A postcode looks like BS1 4DJ.`))}
    </QuestionPage>
  );
}

function AskEmail({ answers, onAnswer, ...page }: AskProps) {
  const { t } = useLingui();
  const [email, setEmail] = useState(answers.email ?? "");
  const { tell, goOn } = useTried();
  const isRight = isEmail(email.trim());
  return (
    <QuestionPage
      {...page}
      title={<Trans>What’s your e-mail address?</Trans>}
      why={<Trans>For letters about your account, and as one half of the way back in.</Trans>}
      onContinue={goOn(isRight, () => onAnswer({ ...answers, email: email.trim() }))}
    >
      <Field
        label={t`E-mail`}
        type="email"
        inputMode="email"
        value={email}
        maxLength={254}
        autoComplete="email"
        autoCapitalize="none"
        autoFocus
        onChange={(event) => setEmail(event.target.value)}
        {...tell(!isRight, t`An e-mail address looks like name@example.org.`)}
      />
    </QuestionPage>
  );
}

function AskPhone({ answers, onAnswer, ...page }: AskProps) {
  const { t } = useLingui();
  const [phone, setPhone] = useState(answers.phone ?? "");
  const { tell, goOn } = useTried();
  const number = phoneNumber(phone);
  return (
    <QuestionPage
      {...page}
      title={<Trans>And your mobile number?</Trans>}
      why={<Trans>We only ring if something is urgent, and the app says so when we do.</Trans>}
      onContinue={goOn(number !== null, () =>
        onAnswer({ ...answers, ...(number === null ? {} : { phone: number }) }),
      )}
    >
      <Field
        label={t`Mobile number`}
        type="tel"
        inputMode="tel"
        value={phone}
        maxLength={20}
        autoComplete="tel"
        autoFocus
        onChange={(event) => setPhone(event.target.value)}
        {...tell(number === null, t`Type it like 07700 900123, or with +44 in front.`)}
      />
    </QuestionPage>
  );
}
