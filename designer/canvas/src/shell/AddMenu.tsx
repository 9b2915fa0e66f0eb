/** The small menu of activities that may stand in a place. */
import { byCategory } from '../graph/order';
import { t } from '../messages';
import { Tile } from '../nodes/icons';
import { set, useCanvas } from '../store/canvas';
import { add, fits } from '../store/commands';
import { Floating, SearchList } from './ui';

export function AddMenu() {
  const menu = useCanvas((state) => state.menu);
  const activities = useCanvas((state) => state.activities);
  if (!menu) return null;
  const possible = byCategory(activities.filter((one) => fits(one, menu.place)));
  return (
    <Floating key={JSON.stringify(menu.place)} at={menu.at} width={268} onClose={() => set({ menu: null })} className="add-menu">
      <SearchList
        label={t.add}
        placeholder={t.searchActivities}
        empty={possible.length ? t.nothingFound : t.mayNotStand}
        options={possible.map((one) => ({ key: one.type, label: one.label, group: t.category[one.category] ?? one.category, lead: <Tile icon={one.icon} category={one.category} size={24} /> }))}
        onChoose={(type) => {
          const activity = activities.find((one) => one.type === type);
          if (activity) add(activity, menu.place);
        }}
      />
    </Floating>
  );
}
