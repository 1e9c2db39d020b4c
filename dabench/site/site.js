// The pages of the site, after common.js: each table sorts by its headings.

function tables() {
  for (const table of document.querySelectorAll("table.sorts")) {
    const items = [...table.tBodies[0].rows].map((row, place) => ({ row, place, cells: [...row.cells] }));
    sortable(table, (_, compare) => table.tBodies[0].append(...[...items].sort(compare).map(({ row }) => row)));
  }
}

themes();
tables();
