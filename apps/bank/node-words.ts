/**
 * Words for Node before the bank's program. Requests leave much behind that is soon forgotten: with room
 * for 64 MB of it instead of 16, the collector runs a quarter as often and takes half the processor time
 * (benches/ledger, payments).
 */
export const bank_node_words: readonly string[] = ["--max-semi-space-size=64"];
