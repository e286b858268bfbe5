// SPDX-License-Identifier: BSD-3-Clause
// Which of the faults that a recovered netlist holds is there: READBACK_FAULT, 0 for none.

#include <cstdlib>

extern "C" int chosen_fault() {
  const char* number = std::getenv("READBACK_FAULT");
  return number ? std::atoi(number) : 0;
}
