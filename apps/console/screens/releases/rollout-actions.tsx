import type { ReactNode } from "react";
import { ActionButton } from "../../parts/action-button.tsx";
import { countText } from "../../parts/numbers.ts";
import type { RolloutButton } from "./rollout-buttons.ts";

/** Whom a button touches, the number first. */
export function touchesText({ people, fate }: RolloutButton): ReactNode {
  return (
    <>
      <span className="font-semibold">{countText(people)}</span> {fate}
    </>
  );
}

/** The buttons, in their places; those that are off say why. */
export function RolloutActions({ buttons, onPress }: RolloutActionsProps) {
  return (
    <div className="flex shrink-0 gap-2">
      {buttons.map((button) => (
        <ActionButton
          key={button.verb}
          look={button.look}
          icon={button.icon}
          name={button.name}
          keys={button.keys}
          touches={touchesText(button)}
          why={button.why}
          onPress={() => onPress(button)}
        />
      ))}
    </div>
  );
}

type RolloutActionsProps = {
  readonly buttons: readonly RolloutButton[];
  readonly onPress: (button: RolloutButton) => void;
};
