// Numbers at which the simulated carrier always finds somebody who talks for three minutes and more, on the first and on
// the second attempt: what becomes of a call depends on the number and the attempt alone. So a call lasts until a test
// ends it.
const kTalkers = [
  '0253', '0616', '1395', '1437', '1595', '1680', '1690', '1838', '1948', '1958', '2192', '2274', '2543', '2547', '2642',
  '2952', '2971', '3061', '3550', '4219', '5231', '5392', '5429', '5648', '6255', '6261', '6441', '6637', '6830', '6865',
  '6948', '6998', '7180', '7211', '7351', '7450', '7762', '8179', '8267', '8289', '8334', '8367', '9342', '9708', '9978',
];

/** The i-th; behind the last one come numbers of which nothing is known. */
export const number = (i) => (i < kTalkers.length ? `+1202555${kTalkers[i]}` : `+1212${String(5550000 + i)}`);

/** As the page writes it. */
export const written = (text) => text.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '+1 $1 $2 $3');
