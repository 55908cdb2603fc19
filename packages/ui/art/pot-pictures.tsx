import bike from "./pots/bike.svg";
import bills from "./pots/bills.svg";
import bridge from "./pots/bridge.svg";
import home from "./pots/home.svg";
import rain from "./pots/rain.svg";
import { classNames } from "../class-names.ts";

/** The five pictures of pots, side by side: the ones at the ends are smaller. */
export function PotPictures() {
  const pictures = [
    { src: bike, size: "size-14 -mr-3" },
    { src: rain, size: "size-18 -mr-3" },
    { src: bridge, size: "size-23 z-10" },
    { src: home, size: "size-18 -ml-3" },
    { src: bills, size: "size-14 -ml-3" },
  ];
  return (
    <div className="flex items-center justify-center" aria-hidden>
      {pictures.map(({ src, size }) => (
        <img
          key={src}
          src={src}
          alt=""
          className={classNames("rounded-full border-3 border-canvas object-cover", size)}
        />
      ))}
    </div>
  );
}
