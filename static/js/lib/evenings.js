/* The three evenings of the week, by their number. */
export const EVENINGS = ["Friday 27 July", "Monday 30 July", "Tuesday 31 July"];
export const SHORT = ["Fri 27 Jul", "Mon 30 Jul", "Tue 31 Jul"];
