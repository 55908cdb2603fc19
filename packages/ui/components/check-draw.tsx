/** A check mark that draws itself once, when money has moved. */
export function CheckDraw({ size = 116 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 116 116" fill="none" aria-hidden>
      <circle cx="58" cy="58" r="58" className="fill-harbour" />
      <path
        d="M40 60l12.5 13L77 45"
        className="animate-draw stroke-on-harbour"
        strokeWidth="6"
        strokeLinecap="round"
        strokeLinejoin="round"
        pathLength="1"
        strokeDasharray="1"
      />
    </svg>
  );
}
