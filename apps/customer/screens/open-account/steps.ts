import type { RegistrationAnswers } from "@mainstay/wire";

/** The questions, in the order in which they are asked: one a screen. */
export const questions = ["name", "birth", "address", "email", "phone"] as const;

/** One of the questions. */
export type Question = (typeof questions)[number];

/** Whether a question has been answered. */
export function isAnswered(question: Question, answers: RegistrationAnswers): boolean {
  switch (question) {
    case "name":
      return answers.firstName !== undefined && answers.lastName !== undefined;
    case "birth":
      return answers.dateOfBirth !== undefined;
    case "address":
      return answers.address !== undefined;
    case "email":
      return answers.email !== undefined;
    case "phone":
      return answers.phone !== undefined;
    default:
      return question satisfies never;
  }
}

/** Where to go on: the first question without an answer, or the last one when all have theirs. */
export function nextQuestion(answers: RegistrationAnswers): Question {
  return questions.find((question) => !isAnswered(question, answers)) ?? "phone";
}

/** Reads day, month and year as a date of birth; null when there is no such day, or it isn't in the past. */
export function dateOfBirth(day: string, month: string, year: string, now: Date): string | null {
  if (!/^\d{1,2}$/.test(day) || !/^\d{1,2}$/.test(month) || !/^(19|20)\d{2}$/.test(year)) return null;
  const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const date = new Date(`${iso}T00:00:00Z`);
  const isReal = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso);
  return isReal && date < now ? iso : null;
}

/** A British postcode as it is written ("bs14dj" is "BS1 4DJ"); null when it has no such form. */
export function postcode(text: string): string | null {
  const plain = text.toUpperCase().replace(/\s/g, "");
  const match = /^([A-Z]{1,2}\d[A-Z\d]?)(\d[A-Z]{2})$/.exec(plain);
  return match === null ? null : `${match[1]} ${match[2]}`;
}

/**
 * A telephone number as the bank keeps it, with its country ("07700 900123" is "+447700900123"); null when it
 * is none.
 */
export function phoneNumber(text: string): string | null {
  const plain = text.replace(/[\s().-]/g, "").replace(/^00/, "+");
  const withCountry = plain.startsWith("0") ? `+44${plain.slice(1)}` : plain;
  return /^\+[1-9]\d{7,14}$/.test(withCountry) ? withCountry : null;
}

/** Whether a text has the form of an e-mail address; whether it is one, only a letter to it tells. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]{2,}$/.test(text) && text.length <= 254;
}
