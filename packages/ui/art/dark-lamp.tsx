/** For what can't be reached just now: a lighthouse whose lamp is out, in a circle of 120 px. */
export function DarkLamp() {
  return (
    <svg width="120" height="120" viewBox="0 0 120 120" aria-hidden>
      <clipPath id="dark-lamp">
        <circle cx="60" cy="60" r="60" />
      </clipPath>
      <g clipPath="url(#dark-lamp)">
        <rect width="120" height="120" fill="#12403C" />
        <g fill="#EAF1EF" opacity=".6">
          <circle cx="26" cy="36" r="1.6" />
          <circle cx="92" cy="28" r="1.6" />
          <circle cx="98" cy="58" r="1.2" />
        </g>
        <path d="M50 92l4-50h12l4 50z" fill="#F3F1EA" />
        <path d="M52 66l1-12h14l1 12zM50 92l.8-12h18.4l.8 12z" fill="#C4512F" />
        <rect x="52" y="26" width="16" height="13" rx="1.5" fill="#2F5A54" />
        <path d="M49 27q11-15 22 0z" fill="#072723" />
        <rect x="48" y="38" width="24" height="4" rx="1.5" fill="#072723" />
        <path d="M10 104c14-14 32-18 50-18s38 6 52 18v20H10z" fill="#072723" />
      </g>
    </svg>
  );
}
