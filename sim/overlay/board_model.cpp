// SPDX-License-Identifier: BSD-3-Clause
// The overlay's Verilator model with a processor and a DDR memory around it, as a C library.
//
// Registers are reached over the AXI3 slave, the memory answers the AXI3 master after a random
// latency and can be made to fail. Python side: sim/overlay/simulated_board.py.

#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <random>
#include <vector>

#include "Vboard.h"
#include "verilated.h"

namespace {

constexpr uint32_t kMemoryFirst = 0x00100000;
constexpr int kLatencyLow = 20, kLatencyHigh = 60;  // cycles, as of a DDR controller under load
constexpr int kHandshakeLimit = 10000;
constexpr int kSlaveError = 2;

struct Burst {
  uint32_t address;
  int words;
  uint64_t due;
};

struct Board {
  VerilatedContext context;
  std::unique_ptr<Vboard> dut;
  std::vector<uint8_t> memory;
  std::deque<Burst> reads, writes, responses;
  std::deque<uint64_t> given;
  std::mt19937 random{1};
  uint64_t cycle = 0;
  int64_t fail_read = -1, fail_write = -1;  // words until an AXI error; -1: never
  bool silent = false, write_failed = false;

  explicit Board(size_t bytes) : dut(new Vboard(&context)), memory(bytes) {
    dut->ap_rst_n = 0;
    dut->s_axi_awsize = dut->s_axi_arsize = 2;
    dut->s_axi_awburst = dut->s_axi_arburst = 1;
    dut->s_axi_wstrb = 0xf;
    dut->s_axi_bready = dut->s_axi_rready = 1;
    dut->m_axi_awready = dut->m_axi_arready = dut->m_axi_wready = 1;
    for (int i = 0; i < 20; i++) step();
    dut->ap_rst_n = 1;
    for (int i = 0; i < 80; i++) step();
  }

  uint64_t due() {
    return cycle + std::uniform_int_distribution<int>(kLatencyLow, kLatencyHigh)(random);
  }

  uint8_t* word(uint32_t address) {
    const uint64_t offset = uint64_t(address) - kMemoryFirst;
    return address >= kMemoryFirst && offset + 8 <= memory.size() ? &memory[offset] : nullptr;
  }

  static bool counted_out(int64_t& countdown) { return countdown >= 0 && countdown-- == 0; }

  void step() {
    dut->ap_clk = 0;
    dut->eval();
    const bool read_asked = dut->m_axi_arvalid && dut->m_axi_arready;
    const bool read_taken = dut->m_axi_rvalid && dut->m_axi_rready;
    const bool write_asked = dut->m_axi_awvalid && dut->m_axi_awready;
    const bool word_given = dut->m_axi_wvalid && dut->m_axi_wready;
    const bool response_taken = dut->m_axi_bvalid && dut->m_axi_bready;
    const Burst read{dut->m_axi_araddr, dut->m_axi_arlen + 1, 0};
    const Burst write{dut->m_axi_awaddr, dut->m_axi_awlen + 1, 0};
    const uint64_t data = dut->m_axi_wdata;
    dut->ap_clk = 1;
    dut->eval();
    cycle++;

    if (read_asked) reads.push_back({read.address, read.words, due()});
    if (write_asked) writes.push_back(write);
    if (word_given) given.push_back(data);
    if (response_taken) dut->m_axi_bvalid = 0;
    if (read_taken) dut->m_axi_rvalid = 0;
    serve_writes();
    serve_reads();
  }

  void serve_writes() {
    while (!writes.empty() && !given.empty()) {
      uint8_t* place = word(writes.front().address);
      if (place && !counted_out(fail_write)) std::memcpy(place, &given.front(), 8);
      else write_failed = true;
      given.pop_front();
      writes.front().address += 8;
      if (--writes.front().words == 0) {
        responses.push_back({0, write_failed ? kSlaveError : 0, due()});
        write_failed = false;
        writes.pop_front();
      }
    }
    if (!dut->m_axi_bvalid && !silent && !responses.empty() && responses.front().due <= cycle) {
      dut->m_axi_bvalid = 1;
      dut->m_axi_bresp = responses.front().words;
      responses.pop_front();
    }
  }

  void serve_reads() {
    if (dut->m_axi_rvalid || silent || reads.empty() || reads.front().due > cycle) return;
    const uint8_t* place = word(reads.front().address);
    const bool good = place && !counted_out(fail_read);
    uint64_t data = 0;
    if (good) std::memcpy(&data, place, 8);
    dut->m_axi_rdata = data;
    dut->m_axi_rresp = good ? 0 : kSlaveError;
    dut->m_axi_rvalid = 1;
    reads.front().address += 8;
    if (--reads.front().words == 0) reads.pop_front();
  }

  bool write_register(uint32_t offset, uint32_t value) {
    dut->s_axi_awaddr = offset;
    dut->s_axi_wdata = value;
    dut->s_axi_awvalid = dut->s_axi_wvalid = 1;
    for (int i = 0; i < kHandshakeLimit; i++) {
      dut->ap_clk = 0;
      dut->eval();
      const bool address_taken = dut->s_axi_awvalid && dut->s_axi_awready;
      const bool data_taken = dut->s_axi_wvalid && dut->s_axi_wready;
      const bool answered = dut->s_axi_bvalid;
      step();
      if (address_taken) dut->s_axi_awvalid = 0;
      if (data_taken) dut->s_axi_wvalid = 0;
      if (answered) return true;
    }
    return false;
  }

  bool read_register(uint32_t offset, uint32_t* value) {
    dut->s_axi_araddr = offset;
    dut->s_axi_arvalid = 1;
    for (int i = 0; i < kHandshakeLimit; i++) {
      dut->ap_clk = 0;
      dut->eval();
      const bool address_taken = dut->s_axi_arvalid && dut->s_axi_arready;
      const bool answered = dut->s_axi_rvalid;
      *value = dut->s_axi_rdata;
      step();
      if (address_taken) dut->s_axi_arvalid = 0;
      if (answered) return true;
    }
    return false;
  }
};

}  // namespace

extern "C" {

void* board_create(uint64_t memory_bytes) { return new Board(memory_bytes); }
void board_destroy(void* board) { delete static_cast<Board*>(board); }
uint8_t* board_memory(void* board) { return static_cast<Board*>(board)->memory.data(); }
uint64_t board_cycle(void* board) { return static_cast<Board*>(board)->cycle; }

int board_write(void* board, uint32_t offset, uint32_t value) {
  return static_cast<Board*>(board)->write_register(offset, value);
}

int board_read(void* board, uint32_t offset, uint32_t* value) {
  return static_cast<Board*>(board)->read_register(offset, value);
}

// Let time pass
void board_wait(void* board, uint64_t cycles) {
  Board* self = static_cast<Board*>(board);
  for (uint64_t i = 0; i < cycles; i++) self->step();
}

// Faults: the read (write) after that many words fails; the memory stops answering
void board_fail_read(void* board, int64_t words) { static_cast<Board*>(board)->fail_read = words; }
void board_fail_write(void* board, int64_t words) {
  static_cast<Board*>(board)->fail_write = words;
}
void board_silence(void* board, int silent) { static_cast<Board*>(board)->silent = silent; }

}  // extern "C"
