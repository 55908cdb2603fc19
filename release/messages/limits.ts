/** How many deliveries the bank is handed in a second, and in one batch, at most. */
export const deliveries_per_second_max = 50;
/** How many messages about incidents a customer gets in any 24 hours; what is more waits. */
export const messages_per_customer_and_day_max = 3;
export const day_ms = 24 * 60 * 60_000;
/** How many messages an incident may have, discarded ones aside. */
export const messages_per_incident_max = 20;
/**
 * The longest subject and text once everything is filled in, in UTF-16 units: the bank takes no longer
 * ones.
 */
export const subject_length_max = 140;
export const text_length_max = 4_000;
/** How long a batch is in hand before it is handed over again, where nobody said what came of it. */
export const in_hand_ms_max = 30_000;
/** How long after a refused or lost batch it is tried again: twice as long each time, up to the longest. */
export const first_wait_ms = 1_000;
export const wait_ms_max = 5 * 60_000;
/** How long after an incident was resolved somebody who turns out to be affected is still written to. */
export const late_days_max = 30;
/** How many customers one banner lists; those who are out come first. */
export const banner_customers_max = 50_000;
export const banners_max = 20;
/** How often banners are said again though nothing changed, in milliseconds. */
export const banners_again_ms = 5 * 60_000;
/** How often time is looked at, in milliseconds. */
export const turn_ms = 1_000;
/** For how long the same command again changes nothing. */
export const command_days_max = 90;
