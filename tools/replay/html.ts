/** Text as it stands in HTML and SVG, also within an attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
