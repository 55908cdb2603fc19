export function TransactionScreen() {
  return null;
}
