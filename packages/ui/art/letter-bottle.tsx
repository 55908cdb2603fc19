/** For a list of payees without anybody in it yet: a letter in a bottle, in a circle of 120 px. */
export function LetterBottle() {
  return (
    <svg width="120" height="120" viewBox="0 0 120 120" aria-hidden>
      <clipPath id="letter-bottle">
        <circle cx="60" cy="60" r="60" />
      </clipPath>
      <g clipPath="url(#letter-bottle)">
        <rect width="120" height="120" fill="#DCE6CC" />
        <path d="M0 80c24-10 44-8 66-2s36 2 54-4v46H0z" fill="#3F8378" />
        <g transform="rotate(24 60 62)">
          <rect x="54" y="14" width="12" height="10" rx="2" fill="#C4512F" />
          <path
            d="M54 22h12v12c0 6 12 8 12 20v32a8 8 0 0 1-8 8H50a8 8 0 0 1-8-8V54c0-12 12-14 12-20z"
            fill="#EAF1EF"
            opacity=".75"
          />
          <rect x="50" y="50" width="20" height="34" rx="4" fill="#F3F1EA" />
          <path d="M54 58h12M54 65h12M54 72h8" stroke="#B9C6C3" strokeWidth="2.6" strokeLinecap="round" />
        </g>
        <path d="M0 92c24-9 46-7 68-1s34 1 52-5v34H0z" fill="#0E4A45" />
      </g>
    </svg>
  );
}
