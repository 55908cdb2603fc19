/** The mark: a sail with a lamp at its masthead. On a dark ground the tile is white and the sail harbour. */
export function Mark({ size = 40, inverse = false }: { readonly size?: number; readonly inverse?: boolean }) {
  const tile = inverse ? "#ffffff" : "#0E4A45";
  const sail = inverse ? "#0E4A45" : "#ffffff";
  return (
    <svg width={size} height={size} viewBox="0 0 40 40" fill="none" aria-hidden>
      <rect width="40" height="40" rx="11" fill={tile} />
      <path d="M20 11.5V30" stroke={sail} strokeWidth="2.8" strokeLinecap="round" />
      <path d="M20 14 9.5 30h21z" stroke={sail} strokeWidth="2.4" strokeLinejoin="round" />
      <circle cx="20" cy="9" r="3" fill="#F4A62A" />
    </svg>
  );
}
