/** Where each rule stands; the Delegated Regulations supplement DORA, Regulation (EU) 2022/2554. */
const criteria = "Delegated Regulation (EU) 2024/1772";
const time_limits = "Delegated Regulation (EU) 2025/301, Art. 5";

/** The regulations' figures and articles, by name: data, so that a change of law is a change of this file. */
export const regulations = {
  critical: { limit: "any", source: `${criteria}, Art. 6 and 8(1)` },
  malicious: { limit: "any", source: `${criteria}, Art. 9(5)(b)` },
  clients_share: { limit: 0.1, source: `${criteria}, Art. 9(1)(a)` },
  clients_number: { limit: 100_000, source: `${criteria}, Art. 9(1)(b)` },
  duration: { limit: 24 * 60 * 60_000, source: `${criteria}, Art. 3 and 9(3)` },
  downtime: { limit: 2 * 60 * 60_000, source: `${criteria}, Art. 3 and 9(3)` },
  /**
   * Clients and transactions are one criterion, and so are duration and downtime: two of them make it major.
   */
  others: { limit: "by hand", source: `${criteria}, Art. 9(1)(c) to (f), (2), (4), (5)(a), (6)` },
  criteria_for_major: { limit: 2, source: `${criteria}, Art. 8(1)` },
  first_report: { limit: 4 * 60 * 60_000, source: time_limits },
  first_report_awareness: { limit: 24 * 60 * 60_000, source: time_limits },
  second_report: { limit: 72 * 60 * 60_000, source: time_limits },
  /** By the calendar. */
  final_report: { limit: "1 month", source: time_limits },
  uk_notification: {
    limit: 4 * 60 * 60_000,
    source: "Payment Services Regulations 2017, reg. 99(1); FCA, Major incident reporting",
  },
} as const;

/**
 * The components whose failure affects a critical service: all that customers are told of needs an
 * authorisation, and nobody gets at any of it without logging in (Delegated Regulation (EU) 2024/1772, Art.
 * 6).
 */
export const critical_components = ["log-in", "balances", "payments", "transfers-abroad", "pots"] as const;
