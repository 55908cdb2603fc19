/** For a feed without anything in it yet: a small boat on quiet water, in a circle of 120 px. */
export function QuietWater() {
  return (
    <svg width="120" height="120" viewBox="0 0 120 120" aria-hidden>
      <clipPath id="quiet-water">
        <circle cx="60" cy="60" r="60" />
      </clipPath>
      <g clipPath="url(#quiet-water)">
        <rect width="120" height="120" fill="#BFD6DA" />
        <circle cx="86" cy="36" r="11" fill="#FFC866" />
        <path d="M0 74c20-14 40-16 62-8s40 2 58-8v62H0z" fill="#3F8378" />
        <rect y="78" width="120" height="42" fill="#0E4A45" />
        <path d="M54 76V32l24 38H54z" fill="#F3F1EA" />
        <path d="M50 76V40L32 70h18z" fill="#C4512F" />
        <path d="M28 78h58c-3 9-8 13-16 13H44c-8 0-14-4-16-13z" fill="#F3F1EA" />
        <g fill="#7DB5A9" opacity=".5">
          <rect x="18" y="98" width="30" height="2.4" rx="1.2" />
          <rect x="62" y="102" width="36" height="2.4" rx="1.2" />
        </g>
      </g>
    </svg>
  );
}
