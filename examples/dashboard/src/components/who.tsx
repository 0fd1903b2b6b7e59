import {phone} from '../format';

/** A column's width in which every number is whole. */
export const kNumberWidth = '188px';

/** A contact's name, with the number below it where there is no room for a column. */
export function Who({name, number}: {name: string | null; number: string}) {
  return (
    <>
      {name ?? <span class="muted">No name</span>}
      <span class="row-more muted">{phone(number)}</span>
    </>
  );
}
