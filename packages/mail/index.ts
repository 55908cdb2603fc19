export { htmlOf, textOf, type Letter } from "./layout.ts";
export { createMailer, messageIdOf, type Delivery, type Email, type Mailer, type Sender } from "./mailer.ts";
export {
  createMailProvider,
  mail_events_max,
  MailEventsSchema,
  type MailEvent,
  type MailProvider,
} from "./provider.ts";
