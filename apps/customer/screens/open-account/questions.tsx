import { Trans, useLingui } from "@lingui/react/macro";
import { Field } from "@mainstay/ui";
import type { Address, RegistrationAnswers } from "@mainstay/wire";
import { useState, type ChangeEvent, type ReactNode } from "react";
import { serverNow } from "../../browser.ts";
import { digitsOf } from "../../text/account-numbers.ts";
import { useTyped } from "../../text/use-typed.ts";
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
  const [firstName, setFirstName] = useTyped("open.firstName", answers.firstName);
  const [lastName, setLastName] = useTyped("open.lastName", answers.lastName);
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
  const [day, setDay] = useTyped("open.day", knownDay);
  const [month, setMonth] = useTyped("open.month", knownMonth);
  const [year, setYear] = useTyped("open.year", knownYear);
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
  const [line1, setLine1] = useTyped("open.line1", answers.address?.line1);
  const [line2, setLine2] = useTyped("open.line2", answers.address?.line2);
  const [town, setTown] = useTyped("open.town", answers.address?.town);
  const [typedCode, setCode] = useTyped("open.postcode", answers.address?.postcode);
  const { tell, goOn } = useTried();
  const code = postcode(typedCode);
  const isRight = line1.trim() !== "" && town.trim() !== "" && code !== null;
  const go = () => {
    const building = line2.trim() === "" ? {} : { line2: line2.trim() };
    const address: Address = {
      line1: line1.trim(),
      ...building,
      town: town.trim(),
      postcode: code ?? "",
      country: "GB",
    };
    onAnswer({ ...answers, address });
  };
  const typing = (value: string, change: (text: string) => void, length_max: number) => ({
    value,
    maxLength: length_max,
    onChange: (event: ChangeEvent<HTMLInputElement>) => change(event.target.value),
  });
  return (
    <QuestionPage
      {...page}
      title={<Trans>Where do you live?</Trans>}
      why={<Trans>Your home in the United Kingdom.</Trans>}
      onContinue={goOn(isRight, go)}
    >
      <Field
        label={t`House and street`}
        autoComplete="address-line1"
        {...typing(line1, setLine1, 70)}
        {...tell(line1.trim() === "", t`Type house and street.`)}
      />
      <Field
        label={t`Flat or building, if there’s one`}
        autoComplete="address-line2"
        {...typing(line2, setLine2, 70)}
      />
      <Field
        label={t`Town`}
        autoComplete="address-level2"
        {...typing(town, setTown, 35)}
        {...tell(town.trim() === "", t`Type the town.`)}
      />
      <Field
        label={t`Postcode`}
        autoComplete="postal-code"
        {...typing(typedCode, setCode, 10)}
        {...tell(code === null, t`A postcode looks like BS1 4DJ.`)}
      />
    </QuestionPage>
  );
}

function AskEmail({ answers, onAnswer, ...page }: AskProps) {
  const { t } = useLingui();
  const [email, setEmail] = useTyped("open.email", answers.email);
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
        onChange={(event) => setEmail(event.target.value)}
        {...tell(!isRight, t`An e-mail address looks like name@example.org.`)}
      />
    </QuestionPage>
  );
}

function AskPhone({ answers, onAnswer, ...page }: AskProps) {
  const { t } = useLingui();
  const [phone, setPhone] = useTyped("open.phone", answers.phone);
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
        onChange={(event) => setPhone(event.target.value)}
        {...tell(number === null, t`Type it like 07700 900123, or with +44 in front.`)}
      />
    </QuestionPage>
  );
}
