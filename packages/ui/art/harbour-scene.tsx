import { useId } from "react";

/**
 * The scene of welcome and update pages: a lighthouse with its beam, and a boat at anchor. It stands on the
 * lower edge of what it is given, whole, and sky, hills and sea go on to all sides. */
export function HarbourScene({ className }: { readonly className?: string }) {
  const id = useId();
  return (
    <svg
      viewBox="0 0 390 500"
      preserveAspectRatio="xMidYMax meet"
      overflow="visible"
      className={className}
      aria-hidden
    >
      <Gradients id={id} />
      {/* The ground goes on beyond the picture: a wide window has sky, hills and sea to its edges. */}
      <rect x="-800" y="-700" width="2000" height="700" fill="#08302C" />
      <rect x="-800" width="2000" height="380" fill={`url(#${id}sky)`} />
      <Stars />
      <path
        d="M-800 330c180 40 300-60 460-40s240 90 340 70c40-34 84-44 128-30s70 6 112-14 92-20 150 10c90 44 190-50 330-30s300 40 480 0v124H-800z"
        fill="#1F6E64"
        opacity=".75"
      />
      <path d="M298 224 -40 150V276z" fill={`url(#${id}beam)`} />
      <rect x="-800" y="372" width="2000" height="140" fill={`url(#${id}sea)`} />
      <circle cx="298" cy="222" r="54" fill={`url(#${id}glow)`} />
      <Lighthouse />
      <Boat glow={`url(#${id}glow)`} />
      <g stroke="#7DB5A9" strokeWidth="2.2" strokeLinecap="round" opacity=".35">
        <path d="M20 432h60M100 440h50M186 404h34M196 446h40M340 446h30M10 452h30M150 428h40M344 406h26" />
        <path d="M-70 410h40M-180 440h60M-320 418h50M-460 446h40M440 430h60M560 412h40M660 444h60M800 424h40" />
      </g>
    </svg>
  );
}

function Gradients({ id }: { readonly id: string }) {
  return (
    <defs>
      <linearGradient id={`${id}sky`} x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" stopColor="#08302C" />
        <stop offset=".55" stopColor="#13574F" />
        <stop offset="1" stopColor="#5E9E8F" />
      </linearGradient>
      <linearGradient id={`${id}sea`} x1="0" y1="0" x2="0" y2="1">
        <stop offset="0" stopColor="#12534C" />
        <stop offset="1" stopColor="#0A3733" />
      </linearGradient>
      <linearGradient id={`${id}beam`} x1="1" y1="0" x2="0" y2="0">
        <stop offset="0" stopColor="#FFD48C" stopOpacity=".75" />
        <stop offset="1" stopColor="#FFD48C" stopOpacity="0" />
      </linearGradient>
      <radialGradient id={`${id}glow`}>
        <stop offset="0" stopColor="#FFD48C" stopOpacity=".9" />
        <stop offset="1" stopColor="#FFD48C" stopOpacity="0" />
      </radialGradient>
    </defs>
  );
}

function Stars() {
  return (
    <g fill="#EAF1EF">
      <circle cx="62" cy="150" r="1.4" opacity=".7" />
      <circle cx="118" cy="112" r="1" opacity=".6" />
      <circle cx="178" cy="160" r="1.2" opacity=".5" />
      <circle cx="232" cy="108" r="1.4" opacity=".7" />
      <circle cx="348" cy="140" r="1.2" opacity=".6" />
      <circle cx="26" cy="206" r="1" opacity=".5" />
      <circle cx="210" cy="62" r="1" opacity=".5" />
      <circle cx="364" cy="228" r="1" opacity=".5" />
      <circle cx="-90" cy="120" r="1.3" opacity=".6" />
      <circle cx="-210" cy="60" r="1.1" opacity=".5" />
      <circle cx="480" cy="90" r="1.3" opacity=".6" />
      <circle cx="590" cy="160" r="1.1" opacity=".5" />
    </g>
  );
}

function Lighthouse() {
  return (
    <>
      <path d="M214 388c2-8 8-14 16-20 14-12 34-18 60-18s76 4 100 14c60 14 140 12 200 24z" fill="#072723" />
      <path d="M283 352l7-116h16l7 116z" fill="#F3F1EA" />
      <path d="M285.6 310l1.7-28h21.4l1.7 28zM283 352l1.2-20h27.6l1.2 20z" fill="#C4512F" />
      <path d="M288.7 258l1-16h16.6l1 16z" fill="#C4512F" />
      <rect x="285" y="232" width="26" height="5" rx="1.5" fill="#072723" />
      <rect x="290" y="214" width="16" height="18" rx="1.5" fill="#FFC866" />
      <path d="M298 214v18M290 214v18M306 214v18" stroke="#072723" strokeWidth="1.6" />
      <path d="M287 215q11-17 22 0z" fill="#072723" />
      <path d="M298 206v-7" stroke="#072723" strokeWidth="2" strokeLinecap="round" />
      <g fill="#FFC866">
        <rect x="262" y="398" width="64" height="3.5" rx="1.75" opacity=".75" />
        <rect x="274" y="410" width="44" height="3.5" rx="1.75" opacity=".55" />
        <rect x="266" y="422" width="50" height="3.5" rx="1.75" opacity=".38" />
        <rect x="282" y="434" width="30" height="3.5" rx="1.75" opacity=".25" />
      </g>
    </>
  );
}

function Boat({ glow }: { readonly glow: string }) {
  return (
    <>
      <g stroke="#EAF1EF" strokeWidth="1.6" strokeLinecap="round" fill="none">
        <path d="M104 400V244" strokeWidth="3.4" />
        <path d="M104 248 40 398M104 248l66 148M104 262l40 134" opacity=".65" />
        <path d="M104 372h44" strokeWidth="3" />
      </g>
      <circle cx="104" cy="240" r="4.5" fill="#FFC866" />
      <circle cx="104" cy="240" r="14" fill={glow} opacity=".6" />
      <path d="M32 398h146c-4 14-12 22-26 22H62c-16 0-26-8-30-22z" fill="#F3F1EA" />
      <path d="M36 406h138" stroke="#C4512F" strokeWidth="3" />
    </>
  );
}
