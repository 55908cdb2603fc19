import { Trans, useLingui } from "@lingui/react/macro";
import { Avatar, Card, Icon, RowButton, Sheet } from "@mainstay/ui";
import type { Category } from "@mainstay/wire";
import { Check } from "lucide-react";
import { categories } from "../../text/categories.tsx";

/** Chooses what a payment was for. */
export function CategorySheet({ open, onClose, chosen, onChoose }: CategorySheetProps) {
  const { i18n } = useLingui();
  return (
    <Sheet open={open} onClose={onClose} title={<Trans>What was it for?</Trans>}>
      <Card>
        {(Object.keys(categories) as Category[]).map((category) => (
          <RowButton
            key={category}
            aria-pressed={category === chosen}
            onClick={() => {
              onChoose(category);
              onClose();
            }}
            leading={
              <Avatar tone={categories[category].tone}>
                <Icon of={categories[category].icon} size={20} />
              </Avatar>
            }
            title={i18n._(categories[category].name)}
            trailing={category === chosen ? <Icon of={Check} className="text-harbour" /> : undefined}
          />
        ))}
      </Card>
    </Sheet>
  );
}

/** What `CategorySheet` takes. */
export type CategorySheetProps = {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly chosen: Category;
  readonly onChoose: (category: Category) => void;
};
