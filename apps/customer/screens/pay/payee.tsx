export function PayeeScreen() {
  return null;
}
